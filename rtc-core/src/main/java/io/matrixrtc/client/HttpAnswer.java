package io.matrixrtc.client;

import java.util.Optional;

/**
 * An HTTP answer.
 *
 * @param status the status code
 * @param retryAfter the {@code Retry-After} header, as it came
 * @param location the {@code Location} header, as it came
 * @param body the body as text
 */
public record HttpAnswer(
    int status, Optional<String> retryAfter, Optional<String> location, String body) {
  /** An answer that leads nowhere else. */
  public HttpAnswer(int status, Optional<String> retryAfter, String body) {
    this(status, retryAfter, Optional.empty(), body);
  }

  /** Shows no body. */
  @Override
  public String toString() {
    return "HttpAnswer[" + status + ", " + body.length() + " characters]";
  }
}
