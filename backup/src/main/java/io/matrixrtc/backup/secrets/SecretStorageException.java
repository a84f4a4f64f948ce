package io.matrixrtc.backup.secrets;

import io.matrixrtc.backup.recovery.PassphraseException;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import java.util.Optional;

/** Secret storage cannot do what it was asked to. The message never holds a secret. */
public final class SecretStorageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong, and so what can be done. */
  public enum Reason {
    /** There is no default key: secret storage is off. Set it up. */
    OFF,
    /** The key that is asked for has no description in account data. */
    NO_DESCRIPTION,
    /** The key's algorithm is not one that we know. */
    UNKNOWN_ALGORITHM,
    /** What was typed, or the key that was given, is not the key of this storage. Ask again. */
    WRONG_KEY,
    /** No key can be made from a passphrase here; the cause says why. */
    BAD_PASSPHRASE_INFO,
    /** What was typed is no recovery key, and there is no passphrase; the cause says why. */
    NOT_A_RECOVERY_KEY,
    /** The secret is there and cannot be opened with this key. */
    UNREADABLE
  }

  private final Reason reason;
  private final Optional<String> subject;

  SecretStorageException(Reason reason, String subject) {
    super("secret storage: " + reason + " " + subject);
    this.reason = reason;
    this.subject = Optional.of(subject);
  }

  SecretStorageException(Reason reason) {
    super("secret storage: " + reason);
    this.reason = reason;
    this.subject = Optional.empty();
  }

  SecretStorageException(PassphraseException cause) {
    super("secret storage: " + cause.getMessage(), cause);
    this.reason = Reason.BAD_PASSPHRASE_INFO;
    this.subject = Optional.empty();
  }

  SecretStorageException(RecoveryKeyException cause) {
    super("secret storage: " + cause.getMessage(), cause);
    this.reason = Reason.NOT_A_RECOVERY_KEY;
    this.subject = Optional.empty();
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** The name of the secret, or the id of the key, that it is about. */
  public Optional<String> subject() {
    return subject;
  }
}
