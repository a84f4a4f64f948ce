package io.matrixrtc.media;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Finds the generation of a key that opens a frame. For one thread. */
final class Trial {
  private final FrameCipher cipher = new FrameCipher();
  private final TrialMode mode;
  private final int window;
  private final InstantSource clock;

  Trial(KeyRingSettings settings, InstantSource clock) {
    this.mode = settings.trialMode();
    this.window = settings.ratchetWindow();
    this.clock = clock;
  }

  /**
   * Decrypts into {@code out} with the installed generation, else with those that the mode allows.
   * Changes nothing but what it derives and keeps.
   *
   * @return the generation under which the frame is authentic; null if none
   */
  @Nullable Generation open(KeySlot slot, Sealed frame, byte[] out, int outOff) {
    Generation installed = slot.installed();
    if (frame.open(cipher, installed.frameKey(), out, outOff)) {
      return installed;
    }
    return mode == TrialMode.WALK
        ? walk(slot, installed, frame, out, outOff)
        : oneStep(slot, installed, frame, out, outOff);
  }

  private @Nullable Generation walk(
      KeySlot slot, Generation installed, Sealed frame, byte[] out, int outOff) {
    Generation previous = slot.previous(clock.millis());
    if (previous != null && frame.open(cipher, previous.frameKey(), out, outOff)) {
      return previous;
    }
    for (int step = 1; step <= window; step++) {
      Generation ahead = slot.ahead(installed.number() + step);
      if (ahead != null && frame.open(cipher, ahead.frameKey(), out, outOff)) {
        return ahead;
      }
    }
    return null;
  }

  private @Nullable Generation oneStep(
      KeySlot slot, Generation installed, Sealed frame, byte[] out, int outOff) {
    if (window == 0 || !frame.opensOneStepOn()) {
      return null;
    }
    Generation ahead = slot.ahead(installed.number() + 1);
    return ahead != null && frame.open(cipher, ahead.frameKey(), out, outOff) ? ahead : null;
  }
}
