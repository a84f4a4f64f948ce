package io.matrixrtc.backup.roomkey;

/**
 * One key of a backup, a file or a bundle cannot be used. The others can: skip it and list it. The
 * message holds the reason alone.
 */
public final class DamagedKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The first check that failed. */
  public enum Reason {
    /** A required member is missing or of another type. */
    MISSING_FIELD,
    /** A sealed part is not base64. */
    BASE64,
    /** The ephemeral key is not 32 bytes, or one that gives no secret. */
    EPHEMERAL_KEY,
    /** The MAC is not exactly 8 bytes. */
    MAC_LENGTH,
    /** Sealed to another key, or altered. */
    MAC,
    /** The ciphertext is not whole blocks. */
    CIPHERTEXT_LENGTH,
    /** The last block is not padded as it must be. */
    PADDING,
    /** What was inside is not UTF-8. */
    UTF8,
    /** What was inside is not a JSON object. */
    JSON,
    /** Not a Megolm key of the kind that we know. */
    ALGORITHM,
    /** The session key is malformed. */
    SESSION_KEY,
    /** The session key belongs to another session than the one it is filed under. */
    SESSION_ID,
    /** The room id is empty or too long. */
    ROOM_ID,
    /** The sender key or the claimed key is malformed. */
    SENDER_KEY,
    /** Longer than entries may be. */
    TOO_LONG,
    /** The bytes on our own disk are not the ones that were written. */
    CHECKSUM
  }

  private final Reason reason;

  /** Takes the first check that failed. */
  public DamagedKeyException(Reason reason) {
    super("damaged key: " + reason);
    this.reason = reason;
  }

  /** The first check that failed. */
  public Reason reason() {
    return reason;
  }
}
