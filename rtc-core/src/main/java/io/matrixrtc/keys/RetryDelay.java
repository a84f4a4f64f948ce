package io.matrixrtc.keys;

import java.time.Duration;

/** How long to wait before a key is offered again: 1 s, doubled by each failure, at most 1 min. */
final class RetryDelay {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration URGENT = Duration.ofMillis(100);
  static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int DOUBLINGS = 6;

  private RetryDelay() {}

  /**
   * The wait after the {@code attempts}th failure to deliver a key that is to be used within
   * seconds: 100 ms, doubled by each failure, until that is as long as {@link #after}.
   */
  static Duration urgent(int attempts) {
    Duration delay = URGENT.multipliedBy(1L << Math.min(attempts - 1, DOUBLINGS));
    return delay.compareTo(after(attempts)) < 0 ? delay : after(attempts);
  }

  /** The wait after the {@code attempts}th failure, counted from 1. */
  static Duration after(int attempts) {
    Duration delay = FIRST.multipliedBy(1L << Math.min(attempts - 1, DOUBLINGS));
    return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
  }
}
