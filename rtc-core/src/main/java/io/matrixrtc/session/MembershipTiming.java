package io.matrixrtc.session;

import java.time.Duration;
import java.util.Optional;

/**
 * Times of the own membership.
 *
 * @param expires how long the membership is valid after each event, if nothing is heard any more
 * @param headroom a refresh is sent this much before it is due
 * @param rateLimitWait the wait after a 429 that names none
 * @param firstRetry the wait after the first failure; doubled by each further one
 * @param longestRetry the wait is never longer, unless the server asks for more
 * @param maxFailures a first join or a leave is given up when it failed more often in a row
 * @param deadMan the leave that the server sends when this device is silent
 */
public record MembershipTiming(
    Duration expires,
    Duration headroom,
    Duration rateLimitWait,
    Duration firstRetry,
    Duration longestRetry,
    int maxFailures,
    DeadMan deadMan) {

  /**
   * Times of the delayed leave (MSC4140).
   *
   * @param delay the server sends the leave this long after the last restart
   * @param restart the longest time between two restarts; the actual ones are up to a fifth shorter
   *     (MM-19)
   * @param answerLimit a restart that is not answered for so long is repeated
   * @param shortest what is tried, once, when the server refuses {@code delay} and names no limit
   */
  public record DeadMan(Duration delay, Duration restart, Duration answerLimit, Duration shortest) {
    public DeadMan {
      if (restart.compareTo(delay) >= 0) {
        throw new IllegalArgumentException("the leave must be restarted before it is sent");
      }
    }
  }

  /** The defaults of matrix-js-sdk, except that its retries wait 3 s each. */
  public static final MembershipTiming DEFAULTS =
      new MembershipTiming(
          Duration.ofHours(4),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          10,
          new DeadMan(
              Duration.ofSeconds(8),
              Duration.ofSeconds(5),
              Duration.ofSeconds(2),
              Duration.ofSeconds(5)));

  /** The defaults of Element Call 0.26. */
  public static final MembershipTiming ELEMENT_CALL =
      DEFAULTS.with(
          new DeadMan(
              Duration.ofSeconds(18),
              Duration.ofSeconds(4),
              Duration.ofSeconds(2),
              Duration.ofSeconds(8)));

  /** Those of Element Call 0.26 where a token service keeps the delayed leave alive. */
  public static final MembershipTiming DELEGATED =
      DEFAULTS.with(
          new DeadMan(
              Duration.ofHours(1),
              Duration.ofMinutes(5),
              Duration.ofSeconds(2),
              Duration.ofSeconds(18)));

  /** A membership is refreshed at least this often, whatever its lifetime. */
  static final Duration MAX_REFRESH = Duration.ofHours(1);

  private static final Duration LONGEST_TOLD = Duration.ofHours(1);

  /** These, with other times of the delayed leave. */
  public MembershipTiming with(DeadMan other) {
    return new MembershipTiming(
        expires, headroom, rateLimitWait, firstRetry, longestRetry, maxFailures, other);
  }

  /** These, with another lifetime. */
  public MembershipTiming withExpires(Duration other) {
    return new MembershipTiming(
        other, headroom, rateLimitWait, firstRetry, longestRetry, maxFailures, deadMan);
  }

  /** From one refresh to the next. */
  Duration refreshStep() {
    return expires.compareTo(MAX_REFRESH) < 0 ? expires : MAX_REFRESH;
  }

  /** The wait after so many failures in a row, from 1. */
  Duration retryAfter(int failures) {
    Duration delay = firstRetry.multipliedBy(1L << Math.min(failures - 1, 20));
    return delay.compareTo(longestRetry) < 0 ? delay : longestRetry;
  }

  /**
   * The wait after a 429: what the server asks for, an hour at most; more than that if it asks for
   * nothing over and over (OWN-LOOP).
   */
  Duration waitAsTold(Optional<Duration> told, int failures) {
    Duration least = retryAfter(failures).dividedBy(2);
    Duration wait = told.orElse(rateLimitWait);
    Duration most = wait.compareTo(LONGEST_TOLD) < 0 ? wait : LONGEST_TOLD;
    return most.compareTo(least) < 0 ? least : most;
  }
}
