package io.matrixrtc.backup.download;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How fast a run goes, and when its listeners were last told. */
final class Pace {
  /** At most five times a second. */
  static final Duration BETWEEN_EVENTS = Duration.ofMillis(200);

  private final Instant started;
  private final long doneAtStart;
  private @Nullable Instant lastEvent;

  Pace(Instant started, long doneAtStart) {
    this.started = started;
    this.doneAtStart = doneAtStart;
  }

  /** Whether it is time for another event; a clock that went back does not hold it up. */
  boolean isEventDue(Instant now) {
    Instant last = lastEvent;
    if (last != null && !now.isBefore(last) && now.isBefore(last.plus(BETWEEN_EVENTS))) {
      return false;
    }
    lastEvent = now;
    return true;
  }

  /** How long the rest takes at this run's pace. */
  Optional<Duration> remaining(Instant now, long done, long total) {
    long elapsed = Duration.between(started, now).toMillis();
    long dealtWith = done - doneAtStart;
    if (elapsed <= 0 || dealtWith <= 0) {
      return Optional.empty();
    }
    double rest = (double) Math.max(0, total - done) * elapsed / dealtWith;
    return Optional.of(Duration.ofMillis((long) Math.min(rest, Long.MAX_VALUE / 2)));
  }
}
