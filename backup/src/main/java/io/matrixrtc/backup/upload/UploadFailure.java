package io.matrixrtc.backup.upload;

import java.time.Duration;
import java.util.Optional;

/**
 * Why keys were not uploaded.
 *
 * @param kind what can be done
 * @param retryAfter how long the server wants to be left alone, if it said so
 */
public record UploadFailure(Kind kind, Optional<Duration> retryAfter) {
  /** What can be done. */
  public enum Kind {
    /** The network or the server failed, or we are too fast: try again. */
    TRY_AGAIN,
    /** 404: the version does not exist. */
    GONE,
    /** 403: another version is current. */
    WRONG_VERSION,
    /** 401: wait for a login. */
    LOGGED_OUT
  }

  /** A failure of this kind, without a time. */
  public static UploadFailure of(Kind kind) {
    return new UploadFailure(kind, Optional.empty());
  }
}
