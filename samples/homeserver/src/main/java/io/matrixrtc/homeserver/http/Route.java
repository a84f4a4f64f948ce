package io.matrixrtc.homeserver.http;

import java.util.Optional;

/**
 * One endpoint: method, path template such as {@code /_matrix/client/v3/rooms/{roomId}/join}, who
 * may call it, which rate limit counts it, and its handler.
 */
public record Route(
    String method, String template, Access access, Optional<RateClass> rate, Handler handler) {

  /** Whether an access token is asked for. */
  public enum Access {
    /** None is looked at. */
    PUBLIC,
    /** Looked at if there; an unknown one counts as none. */
    OPTIONAL,
    REQUIRED
  }

  /** Runs on the state thread inside a storage transaction, which an exception undoes. */
  @FunctionalInterface
  public interface Handler {
    Answer handle(Request request);
  }
}
