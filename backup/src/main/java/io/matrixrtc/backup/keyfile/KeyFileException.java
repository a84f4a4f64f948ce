package io.matrixrtc.backup.keyfile;

/** A key file is refused as a whole; nothing of it was handed on. */
public final class KeyFileException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The first check that failed. */
  public enum Reason {
    /** No header line, or no footer line after it. */
    ARMOUR,
    /** The text between is not base64. */
    BASE64,
    /** Shorter than the shortest file. */
    LENGTH,
    /** Not version 1. */
    VERSION,
    /** No rounds, or more than {@link KeyFileReader#MAX_ROUNDS}. */
    ROUNDS,
    /** Wrong passphrase or damaged file; nobody can tell which. */
    MAC,
    /** What was inside is not UTF-8. */
    UTF8,
    /** What was inside is not a JSON array of objects, or something follows it. */
    JSON
  }

  private final Reason reason;

  KeyFileException(Reason reason) {
    super("key file: " + (reason == Reason.MAC ? "wrong passphrase or damaged file" : reason));
    this.reason = reason;
  }

  /** The first check that failed. */
  public Reason reason() {
    return reason;
  }
}
