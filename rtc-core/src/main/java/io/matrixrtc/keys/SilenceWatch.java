package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out whether a sender fell silent, by a look at the gate's count now and then. */
final class SilenceWatch {
  /** How often a sender is looked at. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Who has sent no frame on any track for this long is silent (KEY-SILENT). */
  static final Duration SILENT_AFTER = Duration.ofSeconds(2);

  private final OwnRingGate gate;
  private long framesSeen;
  private @Nullable Instant lastActive;
  private @Nullable Instant lookAt;

  SilenceWatch(OwnRingGate gate) {
    this.gate = gate;
  }

  /** Frames go out. */
  void active(Instant now) {
    lastActive = now;
    lookAt = now.plus(LOOK);
  }

  /** Returns when the last frames went out, if the sender has just become silent. */
  Optional<Instant> fellSilent(Instant now) {
    if (lookAt == null || now.isBefore(lookAt)) {
      return Optional.empty();
    }
    lookAt = now.plus(LOOK);
    long asked = gate.asked();
    if (asked != framesSeen || lastActive == null) {
      framesSeen = asked;
      lastActive = now;
    } else if (!now.isBefore(lastActive.plus(SILENT_AFTER)) && gate.silence(asked)) {
      lookAt = null;
      return Optional.of(lastActive);
    }
    return Optional.empty();
  }

  Optional<Instant> nextLook() {
    return Optional.ofNullable(lookAt);
  }

  void stop() {
    lookAt = null;
  }
}
