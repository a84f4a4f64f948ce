package io.matrixrtc.encoding;

/** The value has no canonical JSON form, so it can be neither signed nor verified. */
public final class CanonicalJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What stands in the way. */
  public enum Reason {
    /** A number with a fraction or an exponent. */
    NOT_AN_INTEGER,
    /** An integer outside −(2^53)+1 … 2^53−1. */
    INTEGER_OUT_OF_RANGE,
    /** A zero with a minus sign. */
    NEGATIVE_ZERO,
    /** Half of a surrogate pair, which UTF-8 cannot express. */
    LONE_SURROGATE,
    /** Nested deeper than {@link CanonicalJsonWriter#MAX_DEPTH}. */
    TOO_DEEP
  }

  private final Reason reason;

  /** Creates the exception; its message names the reason only, never the value. */
  public CanonicalJsonException(Reason reason) {
    super("no canonical JSON: " + reason);
    this.reason = reason;
  }

  /** What stands in the way. */
  public Reason reason() {
    return reason;
  }
}
