package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.backup.secrets.SecretStorageException;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.olm.RandomSource;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a backup. */
@Command(
    name = "enable",
    description = {
      "Make a backup: writes the preference, makes a version, puts its key into secret storage, and uploads all keys of the store.",
      "Where the account has no secret storage, one is made, and its recovery key is printed: nothing else keeps that.",
      "Where it has one, give its recovery key or passphrase, or replace it."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup enable --homeserver http://localhost:8008 --user alice \\",
      "      --password-file alice.pw --store alice.db",
      "  matrixrtc backup enable --store alice.db --replace --recovery-key-file key.txt"
    })
final class EnableCommand implements Callable<Integer> {
  @Mixin private final AccountOptions options = new AccountOptions();

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "A passphrase that is to open the new secret storage beside its recovery key.")
  private @Nullable Path passphraseFile;

  @Mixin private final RecoveryKeyOptions recoveryKey = new RecoveryKeyOptions();

  @Option(
      names = "--replace-secret-storage",
      description = {
        "Make a new secret storage though there is one.",
        "With the old one's recovery key what both know moves; without it, what is not on this device stays behind the old key."
      })
  private boolean replaceStorage;

  @Option(
      names = "--replace",
      description = "Make a new version though there is one. Refused while keys are only there.")
  private boolean replace;

  @Option(
      names = "--confirm-loss",
      paramLabel = "N",
      description = "With --replace: that N keys of the old version are given up.")
  private long confirmedLoss;

  @Option(
      names = "--ignore-preference",
      description = "Neither read nor write the account's backup preference.")
  private boolean ignorePreference;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    Printer printer = options.printer();
    try (Account account = options.open()) {
      PreferenceFlow preference = new PreferenceFlow(account, printer, ignorePreference);
      if (account.version().isPresent() && !replace) {
        throw new CommandFailure(
            "there is a backup already. Bring its keys with: backup restore, or give --replace.");
      }
      account.versions().checkLoss(confirmedLoss);
      try (StorageOfKey storage =
          StorageOfKey.choose(account, recoveryKey, replaceStorage, passphraseFile)) {
        preference.turnOn();
        return create(account, printer, storage);
      }
    } catch (UnconfirmedLossException e) {
      throw UnconfirmedLoss.failure(e);
    } catch (VaultException | AccountDataException | SecretStorageException e) {
      throw CommandFailure.of(e);
    }
  }

  private int create(Account account, Printer printer, StorageOfKey storage)
      throws VaultException,
          AccountDataException,
          SecretStorageException,
          UnconfirmedLossException,
          CommandFailure,
          InterruptedException {
    try (BackupKey key = BackupKey.generate(RandomSource.secure())) {
      ApiResult<String> version = account.versions().create(key, confirmedLoss);
      if (version instanceof ApiResult.Failed<String> failed) {
        throw new CommandFailure(failed.failure().sentence());
      }
      String name = version.orThrow();
      Optional<String> made = storage.keep(key);
      printer.tell(
          "enabled",
          json -> {
            json.put("version", name);
            made.ifPresent(text -> json.put("recoveryKey", text));
          },
          "Backup version "
              + name
              + " is there. "
              + made.map(text -> "Write this down, nothing else keeps it:\n\n    " + text + "\n")
                  .orElse("Its key is in the secret storage that you have."));
      return Uploads.run(account, printer, name, key.publicKey());
    }
  }
}
