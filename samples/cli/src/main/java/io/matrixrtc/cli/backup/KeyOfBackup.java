package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupKeyException;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorageException;
import io.matrixrtc.cli.failure.CommandFailure;
import java.util.Optional;

/**
 * Finds the private key of the current backup: in the store, or by what the user typed. That may be
 * the key or passphrase of secret storage, which is what most apps call recovery key, or the key of
 * the backup itself.
 */
final class KeyOfBackup {
  private KeyOfBackup() {}

  /** Returns the key that fits, the caller's to close, and keeps it in the store. */
  static BackupKey find(Account account, BackupVersion version, RecoveryKeyOptions typed)
      throws CommandFailure {
    try {
      Optional<BackupKey> key =
          typed.isGiven() ? byText(account, version, typed.text()) : stored(account, version);
      if (key.isEmpty()) {
        throw new CommandFailure(
            typed.isGiven()
                ? "this opens neither secret storage nor the backup. Compare it with the original."
                : "the key of the backup is not here. Give --recovery-key or --recovery-key-file.");
      }
      StoredBackupKey.write(account.archive(), key.get(), version.version());
      return key.get();
    } catch (AccountDataException | VaultException e) {
      throw CommandFailure.of(e);
    }
  }

  private static Optional<BackupKey> stored(Account account, BackupVersion version)
      throws VaultException {
    return StoredBackupKey.read(account.archive())
        .map(StoredBackupKey.Held::key)
        .filter(version.auth()::isOpenedBy);
  }

  private static Optional<BackupKey> byText(Account account, BackupVersion version, String text)
      throws AccountDataException, CommandFailure {
    Optional<BackupKey> secret = secret(account, text);
    if (secret.isPresent() && !version.auth().isOpenedBy(secret.get())) {
      secret.get().close();
      throw new CommandFailure(
          "secret storage opens, but the backup key in it is that of another backup.");
    }
    return secret.isPresent() ? secret : typed(text).filter(version.auth()::isOpenedBy);
  }

  private static Optional<BackupKey> typed(String text) {
    try {
      return Optional.of(BackupKey.fromRecoveryKey(text));
    } catch (RecoveryKeyException e) {
      return Optional.empty();
    }
  }

  private static Optional<BackupKey> secret(Account account, String text)
      throws AccountDataException, CommandFailure {
    try (OpenStorage storage = account.secretStorage().unlock(text)) {
      Optional<String> secret = storage.read(BackupKey.SECRET_NAME);
      return secret.isPresent()
          ? Optional.of(BackupKey.fromSecret(secret.get()))
          : Optional.empty();
    } catch (SecretStorageException e) {
      return switch (e.reason()) {
        case OFF, WRONG_KEY, NOT_A_RECOVERY_KEY, NO_DESCRIPTION -> Optional.empty();
        case UNKNOWN_ALGORITHM, BAD_PASSPHRASE_INFO, UNREADABLE ->
            throw new CommandFailure("secret storage cannot be read: " + e.getMessage() + ".");
      };
    } catch (BackupKeyException e) {
      throw new CommandFailure("the backup key in secret storage is missing or damaged.");
    }
  }
}
