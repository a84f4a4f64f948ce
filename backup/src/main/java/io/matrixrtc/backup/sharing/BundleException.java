package io.matrixrtc.backup.sharing;

/** A bundle cannot be used. The message holds the reason alone. */
public final class BundleException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The first check that failed. */
  public enum Reason {
    /** The event, or its description of the file, lacks something or has it malformed. */
    MALFORMED,
    /** Not an AES-256-CTR key of 32 bytes with an IV of 16. */
    KEY,
    /** The file is not the one that was meant. */
    HASH,
    /** Longer than we take. */
    TOO_LONG,
    /** What was inside is not the JSON of a bundle. */
    JSON
  }

  private final Reason reason;

  BundleException(Reason reason) {
    super("room key bundle: " + reason);
    this.reason = reason;
  }

  /** The first check that failed. */
  public Reason reason() {
    return reason;
  }
}
