package io.matrixrtc.session;

import java.time.Duration;
import java.time.Instant;

/**
 * Time as the own membership counts it, over a clock that may be set forwards or backwards
 * (OWN-CLOCK). It never goes back. Besides, it counts what has certainly passed: less than it seems
 * when the clock jumped ahead, or the machine slept.
 */
final class MembershipClock {
  /** A timer is set at least this often, so that no jump goes unnoticed for longer. */
  static final Duration HEARTBEAT = Duration.ofSeconds(30);

  /** Timers may be so late. */
  private static final Duration TOLERANCE = Duration.ofSeconds(1);

  private Duration offset = Duration.ZERO;
  private Instant last = Instant.EPOCH;
  private Instant planned = Instant.EPOCH;
  private Duration certain = Duration.ZERO;
  private boolean setBack;

  /**
   * The time of an input. Where the clock was set back, as much time has passed as may have: up to
   * when the timer was to fire. To be early is harmless, to be late is not.
   */
  Instant at(Instant wall) {
    Instant now = wall.plus(offset);
    Duration back = Duration.between(now, last);
    boolean isSetBack = back.compareTo(TOLERANCE) > 0;
    if (now.isBefore(last)) {
      Instant latest = isSetBack ? planned : last;
      offset = offset.plus(Duration.between(now, latest));
      now = latest;
    }
    setBack |= isSetBack;
    Duration passed = isSetBack ? Duration.ZERO : Duration.between(last, now);
    Duration credible = Duration.between(last, planned).plus(TOLERANCE);
    certain = certain.plus(passed.compareTo(credible) < 0 ? passed : credible);
    last = now;
    planned = now;
    return now;
  }

  /** Whether the wall clock was set back, so that more time has passed than it seems; told once. */
  boolean takeSetBack() {
    boolean told = setBack;
    setBack = false;
    return told;
  }

  /** The time when a timer fired that was set for {@code due}. */
  Instant at(Instant wall, Instant due) {
    Instant fired = due.plus(offset);
    if (wall.plus(offset).isBefore(fired)) {
      setBack |= Duration.between(wall.plus(offset), fired).compareTo(TOLERANCE) > 0;
      offset = offset.plus(Duration.between(wall.plus(offset), fired));
    }
    return at(wall);
  }

  /** When a timer is to be set for, by the wall clock. */
  Instant timerFor(Instant due) {
    Instant beat = last.plus(HEARTBEAT);
    planned = due.isBefore(beat) ? due : beat;
    return planned.minus(offset);
  }

  /** What has certainly passed since the first input. */
  Duration certain() {
    return certain;
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
