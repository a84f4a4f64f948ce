package io.matrixrtc.widget.api;

/** What was posted is no message of the Widget API. The text holds nothing of it. */
public final class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** Longer than the limit. */
    TOO_LONG,
    /** Not JSON, or not an object. */
    NOT_AN_OBJECT,
    /** Nested deeper than the limit. */
    TOO_DEEP,
    /** A member of the envelope is missing, empty, too long or of the wrong type. */
    BAD_FIELD,
    /** A member is called {@code __proto__}. */
    PROTOTYPE_MEMBER
  }

  private final Reason reason;

  MalformedMessageException(Reason reason) {
    super("malformed widget message: " + reason);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
