package io.matrixrtc.json;

/**
 * The bytes are not JSON, not UTF-8, or exceed a limit of {@link Json}. The message holds a
 * position, never the text.
 */
public final class MalformedJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** The bytes are not well-formed UTF-8. */
    NOT_UTF8,
    /** The text is not one JSON value. */
    SYNTAX,
    /** Half of a surrogate pair in a member name. In a value it is found when signing. */
    LONE_SURROGATE,
    /** A limit of {@link Json} is exceeded. */
    LIMIT,
    /** The value is not an object. */
    NOT_AN_OBJECT
  }

  private final Reason reason;

  MalformedJsonException(Reason reason, String where) {
    super("malformed JSON: " + reason + where);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
