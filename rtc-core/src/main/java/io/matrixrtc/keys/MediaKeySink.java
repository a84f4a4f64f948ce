package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.media.SendGate;

/**
 * The media layer, told which keys to encrypt and decrypt with. Called on the manager's executor,
 * one call at a time. Every key is lent for the length of the call: copy what is kept, and wipe the
 * copies on {@link #onClosed}.
 */
public interface MediaKeySink {
  /** Encrypt with {@code key} under {@code index} from now on. */
  void onOwnKey(KeyIndex index, MediaKey key);

  /**
   * Own media is to ask {@code gate} before each frame, as {@code KeyRing.setGate} makes a {@code
   * FrameEncryptor} do. Called once for each join, before any key.
   *
   * @return whether it will; if not, this device counts as one that always sends, and no media can
   *     be held back
   */
  default boolean onGate(SendGate gate) {
    return false;
  }

  /** Frames were held back and are let through: have the encoders send key frames. */
  default void onKeyFramesWanted() {}

  /**
   * Whether {@link #onOwnKeyAdvanced} works. Without it, keys are replaced, never advanced
   * (KEY-R0).
   */
  default boolean advancesKeys() {
    return false;
  }

  /**
   * Advance the own key at {@code index} by {@code steps} generations: {@code KeyRing.advance}.
   *
   * @throws UnsupportedOperationException unless {@link #advancesKeys}
   */
  default void onOwnKeyAdvanced(KeyIndex index, int steps) {
    throw new UnsupportedOperationException("this media layer does not advance keys");
  }

  /**
   * Whether frames of others are tried with every generation from the key that was given on, as
   * {@code FrameDecryptor} does. A session then announces it, so that others may advance their keys
   * (KEY-R0).
   */
  default boolean walksKeys() {
    return false;
  }

  /**
   * Decrypt frames of {@code member} under {@code index} with {@code key}. May repeat a key that
   * was set before; a repetition is also due when the member's participation changed.
   */
  void onRemoteKey(CallMember member, KeyIndex index, MediaKey key);

  /**
   * {@code member} is no longer in the call: refuse its frames. Its keys are set again if it
   * returns in time.
   */
  void onRemoteLeft(CallMember member);

  /** Frames of {@code member} so far, for diagnostics; {@link FrameTally#NONE} if not counted. */
  default FrameTally framesOf(CallMember member) {
    return FrameTally.NONE;
  }

  /** The call is over for this device: encrypt and decrypt nothing more, wipe every key. */
  void onClosed();
}
