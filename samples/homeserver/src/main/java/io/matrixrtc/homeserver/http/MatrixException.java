package io.matrixrtc.homeserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * Ends a request with an error answer. Writes made by the request are undone. Carries no stack
 * trace: it is an answer, not a defect.
 */
public final class MatrixException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Answer.Now answer;

  private MatrixException(String message, Answer.Now answer) {
    super(message, null, false, false);
    this.answer = answer;
  }

  public MatrixException(ErrorCode code, String message) {
    this(code.status(), code, message);
  }

  /** For the few places where the code comes with another status than its usual one. */
  public MatrixException(int status, ErrorCode code, String message) {
    this(message, Answer.json(status, body(code, message)));
  }

  /** An error whose body has members beside the code. */
  public static MatrixException of(int status, ErrorCode code, String message, ObjectNode more) {
    return new MatrixException(message, Answer.json(status, body(code, message).setAll(more)));
  }

  /** Any other answer that must undo what the request wrote. */
  public static MatrixException of(Answer.Now answer) {
    return new MatrixException("answered early", answer);
  }

  /** 429, with the header in whole seconds rounded up and the body in milliseconds. */
  public static MatrixException limited(Duration retryAfter) {
    return new MatrixException("Too Many Requests", Answer.tooManyRequests(retryAfter));
  }

  /** 401 for a token that does not work; {@code softLogout} if its device is still there. */
  public static MatrixException unknownToken(boolean softLogout) {
    return of(
        401,
        ErrorCode.M_UNKNOWN_TOKEN,
        softLogout ? "Access token has expired" : "Unrecognised access token",
        Json.object().put("soft_logout", softLogout));
  }

  public static MatrixException forbidden(String message) {
    return new MatrixException(ErrorCode.M_FORBIDDEN, message);
  }

  public static MatrixException notFound(String message) {
    return new MatrixException(ErrorCode.M_NOT_FOUND, message);
  }

  public static MatrixException badJson(String message) {
    return new MatrixException(ErrorCode.M_BAD_JSON, message);
  }

  public static MatrixException invalidParam(String message) {
    return new MatrixException(ErrorCode.M_INVALID_PARAM, message);
  }

  public static MatrixException missing(String name) {
    return new MatrixException(ErrorCode.M_MISSING_PARAM, "Missing " + name);
  }

  public Answer.Now answer() {
    return answer;
  }

  private static ObjectNode body(ErrorCode code, String message) {
    return Json.object().put("errcode", code.name()).put("error", message);
  }
}
