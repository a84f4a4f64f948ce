package io.matrixrtc.token;

import java.time.Duration;
import java.util.Optional;

/** A request is answered with an error: status, Matrix error code and a sentence. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String errcode;
  private final transient Optional<Duration> retryAfter;

  private Refusal(int status, String errcode, String sentence, Optional<Duration> retryAfter) {
    super(sentence, null, false, false);
    this.status = status;
    this.errcode = errcode;
    this.retryAfter = retryAfter;
  }

  /** The body is not the JSON that is wanted: no JSON, or a field too many (LK-STRICT). */
  static Refusal notJson() {
    return new Refusal(400, "M_NOT_JSON", "Error reading request", Optional.empty());
  }

  /** The body lacks something, or asks for what cannot be. */
  static Refusal badJson(String sentence) {
    return new Refusal(400, "M_BAD_JSON", sentence, Optional.empty());
  }

  /** The body is longer than {@code bytes}. */
  static Refusal tooLarge(int bytes) {
    return new Refusal(
        413, "M_TOO_LARGE", "The request is longer than " + bytes + " bytes", Optional.empty());
  }

  /** The body did not come in time. */
  static Refusal tooSlow() {
    return new Refusal(408, "M_UNKNOWN", "The request took too long to arrive", Optional.empty());
  }

  /** The OpenID token did not prove what was claimed; it is not told why (LK-UNAUTHORIZED). */
  static Refusal unauthorized() {
    return new Refusal(
        401, "M_UNAUTHORIZED", "The request could not be authorised.", Optional.empty());
  }

  /** Only users of full-access homeservers may do this. */
  static Refusal forbidden(String sentence) {
    return new Refusal(403, "M_FORBIDDEN", sentence, Optional.empty());
  }

  /** Too many requests: try again in {@code wait}. */
  static Refusal tooMany(Duration wait) {
    return new Refusal(429, "M_LIMIT_EXCEEDED", "Too many requests", Optional.of(wait));
  }

  /** The SFU did not do what it was asked. */
  static Refusal sfu() {
    return new Refusal(500, "M_UNKNOWN", "Unable to create room on SFU", Optional.empty());
  }

  /** The service ends. */
  static Refusal shuttingDown() {
    return new Refusal(503, "M_UNKNOWN", "Service is shutting down", Optional.empty());
  }

  int status() {
    return status;
  }

  String errcode() {
    return errcode;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
