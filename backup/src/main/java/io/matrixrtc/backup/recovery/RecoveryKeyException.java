package io.matrixrtc.backup.recovery;

/** A text is no recovery key. The message never repeats it. */
public final class RecoveryKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The first check that failed. */
  public enum Reason {
    /** A character that Base58 does not use, for example 0, O, I or l. */
    ALPHABET,
    /** Too short or too long. */
    LENGTH,
    /** It starts with other bytes than recovery keys do. */
    PREFIX,
    /** A mistyped character: the parity does not come out. */
    PARITY
  }

  private final Reason reason;

  RecoveryKeyException(Reason reason) {
    super("recovery key: " + reason);
    this.reason = reason;
  }

  /** The first check that failed. */
  public Reason reason() {
    return reason;
  }
}
