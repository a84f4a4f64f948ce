package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.upload.Losses;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.Secret;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.olm.RandomSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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
      "Make a backup: writes the preference, makes a version and a new secret storage, uploads all keys of the store, and prints the recovery key.",
      "Nothing else keeps that."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup enable --homeserver http://localhost:8008 --user alice \\",
      "      --password-file alice.pw --store alice.db",
      "  matrixrtc backup enable --store alice.db --replace"
    })
final class EnableCommand implements Callable<Integer> {
  @Mixin private final AccountOptions options = new AccountOptions();

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "A passphrase that opens secret storage beside the recovery key.")
  private @Nullable Path passphraseFile;

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
      Optional<BackupVersion> old = account.version();
      if (old.isPresent()) {
        checkReplace(account, old);
      }
      preference.turnOn();
      return create(account, printer);
    } catch (VaultException | AccountDataException | UnconfirmedLossException e) {
      throw CommandFailure.of(e);
    }
  }

  private void checkReplace(Account account, Optional<BackupVersion> old)
      throws CommandFailure, VaultException {
    if (!replace) {
      throw new CommandFailure(
          "there is a backup already. Bring its keys with: backup restore, or give --replace.");
    }
    Losses losses = account.versions().losses(old);
    if (!losses.mayDeleteBackup(confirmedLoss)) {
      throw new CommandFailure(
          losses.notDownloaded()
              + " keys of the present backup are not here. Bring them with: backup restore, or"
              + " give --confirm-loss "
              + losses.notDownloaded()
              + ".");
    }
  }

  private int create(Account account, Printer printer)
      throws VaultException,
          AccountDataException,
          UnconfirmedLossException,
          CommandFailure,
          InterruptedException {
    try (BackupKey key = BackupKey.generate(RandomSource.secure())) {
      ApiResult<String> version = account.versions().create(key, confirmedLoss);
      if (version instanceof ApiResult.Failed<String> failed) {
        throw new CommandFailure(failed.failure().sentence());
      }
      String name = version.orThrow();
      try (OpenStorage storage = storage(account, key)) {
        printer.tell(
            "enabled",
            json -> json.put("version", name).put("recoveryKey", storage.recoveryKey()),
            "Backup version "
                + name
                + " is there. Write this down, nothing else keeps it:\n\n    "
                + storage.recoveryKey()
                + "\n");
      }
      return Uploads.run(account, printer, name, key.publicKey());
    }
  }

  private OpenStorage storage(Account account, BackupKey key)
      throws AccountDataException, CommandFailure {
    Map<String, String> secrets = new LinkedHashMap<>();
    secrets.put(BackupKey.SECRET_NAME, key.toSecret());
    account
        .client()
        .withMachine(
            machine -> {
              for (SecretName name : SecretName.values()) {
                Optional<Secret> secret = machine.crossSigning().exportSecret(name);
                if (name != SecretName.BACKUP && secret.isPresent()) {
                  secrets.put(name.label(), secret.get().toBase64());
                }
                secret.ifPresent(Secret::close);
              }
              return true;
            })
        .toCompletableFuture()
        .join();
    return passphraseFile == null
        ? account.secretStorage().create(secrets)
        : account
            .secretStorage()
            .create(AccountOptions.firstLine(passphraseFile, "--passphrase-file"), secrets);
  }
}
