package io.matrixrtc.backup.service;

/**
 * Something about a dehydrated device cannot be done, for a reason that trying again does not mend.
 */
public final class DehydrationException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Our private self-signing key is not here: nobody would encrypt to an unsigned device. */
    NOT_SIGNED,
    /** The key does not open the device that is there, or that is damaged. */
    WRONG_KEY,
    /** The key in secret storage is no base64 text of 32 bytes. */
    BAD_KEY
  }

  private final Reason reason;

  DehydrationException(Reason reason) {
    super("dehydrated device: " + reason);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
