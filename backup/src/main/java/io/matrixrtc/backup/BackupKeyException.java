package io.matrixrtc.backup;

/** A secret is no backup key. The message never repeats it. */
public final class BackupKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** Neither base64 nor a list of 32 bytes. */
    ENCODING,
    /** Base64 of another number of bytes than 32. */
    LENGTH
  }

  private final Reason reason;

  BackupKeyException(Reason reason) {
    super("backup key: " + reason);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
