package io.matrixrtc.media;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a key ring derives, tries and retires keys. Both sides of a call must agree on {@code
 * keyBits} and {@code ratchetSalt}.
 *
 * @param slots keys the ring can hold, 1 to 256
 * @param ratchetWindow generations ahead that a receiver tries, 0 to {@value #MAX_WINDOW}; 0 tries
 *     none
 * @param failureTolerance failures in a row after which an index counts as invalid; negative: never
 * @param keyBits length of the AES key, 128 or 256
 * @param ratchetSalt the salt of every derivation, taken as UTF-8
 * @param trialMode what to do with a frame that the installed generation does not open
 * @param retireAfter older keys are dropped this long after the first authentic frame under a newer
 *     one; null: never
 */
public record KeyRingSettings(
    int slots,
    int ratchetWindow,
    int failureTolerance,
    int keyBits,
    String ratchetSalt,
    TrialMode trialMode,
    @Nullable Duration retireAfter) {

  /** The salt that LiveKit's SDKs use. */
  public static final String LIVEKIT_SALT = "LKFrameEncryptionKey";

  /** The widest ratchet window. */
  public static final int MAX_WINDOW = 64;

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public KeyRingSettings {
    if (slots < 1 || slots > KeyIndex.MAX + 1) {
      throw new IllegalArgumentException("key ring slots: want 1..256, got " + slots);
    }
    if (ratchetWindow < 0 || ratchetWindow > MAX_WINDOW) {
      throw new IllegalArgumentException("ratchet window: want 0..64, got " + ratchetWindow);
    }
    if (keyBits != 128 && keyBits != 256) {
      throw new IllegalArgumentException("key bits: want 128 or 256, got " + keyBits);
    }
  }

  /** What MatrixRTC calls use: 256 slots, window 10, AES-128, walking, older keys kept 10 s. */
  public static KeyRingSettings defaults() {
    return new KeyRingSettings(
        256, 10, 10, 128, LIVEKIT_SALT, TrialMode.WALK, Duration.ofSeconds(10));
  }

  /** A receiver that behaves as Element Call's livekit-client does. */
  public static KeyRingSettings likeLiveKitClient() {
    return new KeyRingSettings(256, 10, 10, 128, LIVEKIT_SALT, TrialMode.ONE_STEP, null);
  }

  /** These settings with another number of slots. */
  public KeyRingSettings withSlots(int slots) {
    return new KeyRingSettings(
        slots, ratchetWindow, failureTolerance, keyBits, ratchetSalt, trialMode, retireAfter);
  }

  /** These settings with another ratchet window. */
  public KeyRingSettings withRatchetWindow(int ratchetWindow) {
    return new KeyRingSettings(
        slots, ratchetWindow, failureTolerance, keyBits, ratchetSalt, trialMode, retireAfter);
  }

  /** These settings with another failure tolerance. */
  public KeyRingSettings withFailureTolerance(int failureTolerance) {
    return new KeyRingSettings(
        slots, ratchetWindow, failureTolerance, keyBits, ratchetSalt, trialMode, retireAfter);
  }

  /** These settings with AES keys of another length. */
  public KeyRingSettings withKeyBits(int keyBits) {
    return new KeyRingSettings(
        slots, ratchetWindow, failureTolerance, keyBits, ratchetSalt, trialMode, retireAfter);
  }

  /** These settings with another salt. */
  public KeyRingSettings withRatchetSalt(String ratchetSalt) {
    return new KeyRingSettings(
        slots, ratchetWindow, failureTolerance, keyBits, ratchetSalt, trialMode, retireAfter);
  }

  /** These settings with another time that older keys are kept. */
  public KeyRingSettings withRetireAfter(@Nullable Duration retireAfter) {
    return new KeyRingSettings(
        slots, ratchetWindow, failureTolerance, keyBits, ratchetSalt, trialMode, retireAfter);
  }
}
