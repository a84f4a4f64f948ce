package io.matrixrtc.backup.secrets;

/** The homeserver did not answer as it must; what was asked for may be tried again. */
public final class AccountDataException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Takes a text for people and logs, which holds no secret. */
  public AccountDataException(String message) {
    super(message);
  }

  /** As {@link #AccountDataException(String)}, with what the HTTP client said. */
  public AccountDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
