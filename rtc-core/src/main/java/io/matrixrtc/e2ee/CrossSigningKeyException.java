package io.matrixrtc.e2ee;

/** A cross-signing key was refused. What was known of the user before stays as it was. */
public final class CrossSigningKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Members are missing, of another type, or cannot be signed. */
    MALFORMED,
    /** The object is about another user than it is filed under. */
    OTHER_USER,
    /** The object is for another use than it is filed under, or for several. */
    WRONG_USAGE,
    /** There is not exactly one Ed25519 key, or it is not one, or its id is not the key itself. */
    BAD_KEY,
    /** The user's master key did not sign it. */
    NOT_SIGNED_BY_MASTER
  }

  private final Reason reason;

  CrossSigningKeyException(Reason reason, CrossSigningKey.Usage usage) {
    super("cross-signing key '%s' refused: %s".formatted(usage.label(), reason));
    this.reason = reason;
  }

  /** Why the key was refused. */
  public Reason reason() {
    return reason;
  }
}
