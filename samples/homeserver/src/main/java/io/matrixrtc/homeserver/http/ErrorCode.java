package io.matrixrtc.homeserver.http;

/** The {@code errcode} values that this server answers, each with the status it comes with. */
public enum ErrorCode {
  M_UNKNOWN(400),
  M_NOT_JSON(400),
  M_BAD_JSON(400),
  M_MISSING_PARAM(400),
  M_INVALID_PARAM(400),
  M_USER_IN_USE(400),
  M_INVALID_USERNAME(400),
  M_ROOM_IN_USE(400),
  M_UNSUPPORTED_ROOM_VERSION(400),
  M_INVALID_SIGNATURE(400),
  M_MISSING_TOKEN(401),
  M_UNKNOWN_TOKEN(401),
  M_FORBIDDEN(403),
  M_WRONG_ROOM_KEYS_VERSION(403),
  M_NOT_FOUND(404),
  M_UNRECOGNIZED(404),
  M_TOO_LARGE(413),
  M_LIMIT_EXCEEDED(429);

  private final int status;

  ErrorCode(int status) {
    this.status = status;
  }

  /** The usual HTTP status of this code. */
  public int status() {
    return status;
  }
}
