package io.matrixrtc.backup.service;

import java.util.Map;

/** What became of sharing a room's history with somebody. */
public sealed interface ShareOutcome {
  /**
   * A bundle was made.
   *
   * @param keys how many keys are in it
   * @param withheld of how many it says that they are not shared
   * @param devices for each device that it was for, whether the homeserver took the message
   */
  record Shared(int keys, int withheld, Map<String, Boolean> devices) implements ShareOutcome {
    public Shared {
      devices = Map.copyOf(devices);
    }
  }

  /** There is nothing to share, or it must not be. */
  record NotShared(Reason reason) implements ShareOutcome {}

  /** It did not work; {@code sentence} says why. */
  record Failed(String sentence) implements ShareOutcome {}

  /** Why no history is shared. */
  enum Reason {
    /** Our own user has no identity, or it has not signed this device. */
    NOT_CROSS_SIGNED,
    /** The room does not show its history to those who join later. */
    VISIBILITY,
    /** There are no keys of the room. */
    NO_KEYS,
    /** None of the user's devices was signed by its owner. */
    NO_SIGNED_DEVICE
  }
}
