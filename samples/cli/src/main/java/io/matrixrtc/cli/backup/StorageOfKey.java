package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorage;
import io.matrixrtc.backup.secrets.SecretStorageException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.Secret;
import io.matrixrtc.e2ee.SecretName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The secret storage that a new backup's key goes to: the account's own, or a new one. One that is
 * there is never displaced unasked, since it may keep what is nowhere else.
 */
final class StorageOfKey implements AutoCloseable {
  private final Account account;
  private final SecretStorage storage;
  private final Optional<OpenStorage> present;
  private final boolean replace;
  private final Optional<String> passphrase;

  private StorageOfKey(
      Account account,
      SecretStorage storage,
      Optional<OpenStorage> present,
      boolean replace,
      Optional<String> passphrase) {
    this.account = account;
    this.storage = storage;
    this.present = present;
    this.replace = replace;
    this.passphrase = passphrase;
  }

  /** Chooses, and changes nothing yet. */
  static StorageOfKey choose(
      Account account, RecoveryKeyOptions typed, boolean replace, @Nullable Path passphraseFile)
      throws CommandFailure, AccountDataException {
    SecretStorage storage = account.secretStorage();
    boolean exists = storage.defaultKeyId().isPresent();
    if (exists && !typed.isGiven() && !replace) {
      throw new CommandFailure(
          "the account has a secret storage already. Give its recovery key or passphrase with"
              + " --recovery-key-file, or give --replace-secret-storage if that is lost.");
    }
    if (exists && !replace && passphraseFile != null) {
      throw new CommandFailure(
          "--passphrase-file is for a new secret storage, and the account has one already."
              + " Give --replace-secret-storage, too, or leave it out.");
    }
    Optional<String> passphrase =
        passphraseFile == null
            ? Optional.empty()
            : Optional.of(AccountOptions.firstLine(passphraseFile, "--passphrase-file"));
    Optional<OpenStorage> present = Optional.empty();
    if (exists && typed.isGiven()) {
      try {
        present = Optional.of(storage.unlock(typed.text()));
      } catch (SecretStorageException e) {
        throw new CommandFailure(
            "this does not open the account's secret storage: " + e.getMessage() + ".");
      }
    }
    return new StorageOfKey(account, storage, present, replace, passphrase);
  }

  /** Puts the key in; returns the recovery key if the storage is new. */
  Optional<String> keep(BackupKey key) throws AccountDataException, SecretStorageException {
    if (present.isPresent() && !replace) {
      present.get().store(BackupKey.SECRET_NAME, key.toSecret());
      return Optional.empty();
    }
    Map<String, String> secrets = new LinkedHashMap<>();
    if (present.isPresent()) {
      for (SecretName name : SecretName.values()) {
        present.get().read(name.label()).ifPresent(text -> secrets.put(name.label(), text));
      }
    }
    ofDevice(secrets);
    secrets.put(BackupKey.SECRET_NAME, key.toSecret());
    try (OpenStorage made =
        passphrase.isPresent()
            ? storage.create(passphrase.get(), secrets)
            : storage.create(secrets)) {
      return Optional.of(made.recoveryKey());
    }
  }

  private void ofDevice(Map<String, String> secrets) {
    account
        .client()
        .withMachine(
            machine -> {
              for (SecretName name : SecretName.values()) {
                Optional<Secret> secret = machine.crossSigning().exportSecret(name);
                secret.ifPresent(held -> secrets.put(name.label(), held.toBase64()));
                secret.ifPresent(Secret::close);
              }
              return true;
            })
        .toCompletableFuture()
        .join();
  }

  @Override
  public void close() {
    present.ifPresent(OpenStorage::close);
  }
}
