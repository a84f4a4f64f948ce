package io.matrixrtc.olm;

/** Bytes or text are no key, or no signature. The message never repeats them. */
public final class KeyFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** The text is not base64. */
    BASE64,
    /** Another number of bytes than this kind has. */
    LENGTH,
    /** The bytes name no point of the curve. */
    NOT_A_POINT,
    /** The bytes are no private key of this kind. */
    NOT_A_KEY
  }

  private final Reason reason;

  KeyFormatException(Reason reason, String what) {
    super(what + ": " + reason);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
