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
}
