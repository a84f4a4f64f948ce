package io.matrixrtc.backup.recovery;

/** What is said about a passphrase cannot be followed, so no key can be made of one. */
public final class PassphraseException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The first check that failed. */
  public enum Reason {
    /** Not {@code m.pbkdf2}. */
    ALGORITHM,
    /** No salt, or an empty one. */
    SALT,
    /** No number of iterations from 1 to {@link PassphraseInfo#MAX_ITERATIONS}. */
    ITERATIONS,
    /** No positive multiple of 8 up to {@link PassphraseInfo#MAX_BITS}. */
    BITS
  }

  private final Reason reason;

  PassphraseException(Reason reason) {
    super("passphrase: " + reason);
    this.reason = reason;
  }

  /** The first check that failed. */
  public Reason reason() {
    return reason;
  }
}
