package io.matrixrtc.backup.download;

import java.time.Duration;
import java.util.Optional;

/**
 * Why an answer did not come, or not to its end.
 *
 * @param kind what can be done
 * @param retryAfter how long the server wants to be left alone, if it said so
 */
public record FetchFailure(Kind kind, Optional<Duration> retryAfter) {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final Duration LAST_RETRY = Duration.ofMinutes(10);

  /** What can be done. */
  public enum Kind {
    /** The connection broke, the server failed, or we are too fast: try again. */
    TRY_AGAIN,
    /** The token is no longer valid: wait for a login. */
    LOGGED_OUT,
    /** The version does not exist any more. */
    GONE
  }

  /** A failure that passes by itself. */
  public static FetchFailure tryAgain() {
    return new FetchFailure(Kind.TRY_AGAIN, Optional.empty());
  }

  /** How long to wait after that many failures, at least 1: longer if the server says so. */
  public Duration delay(int attempts) {
    Duration delay = FIRST_RETRY;
    for (int i = 1; i < attempts && delay.compareTo(LAST_RETRY) < 0; i++) {
      delay = delay.multipliedBy(2);
    }
    Duration own = delay.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : delay;
    return retryAfter.filter(asked -> asked.compareTo(own) > 0).orElse(own); // DL-RETRY
  }
}
