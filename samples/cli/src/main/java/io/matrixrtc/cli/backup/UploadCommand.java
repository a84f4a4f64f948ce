package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupAccess;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.OwnKeys;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.preference.BackupPreference;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.MachineKeys;
import io.matrixrtc.cli.failure.CommandFailure;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts keys of the store into the backup. */
@Command(
    name = "upload",
    description = "Upload every key of the store that the backup has not got as it is here.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Examples:", "  matrixrtc backup upload --store alice.db"})
final class UploadCommand implements Callable<Integer> {
  @Mixin private final AccountOptions options = new AccountOptions();

  @Option(
      names = "--ignore-preference",
      description = "Upload even if the account's preference is not known to want it.")
  private boolean ignorePreference;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    Printer printer = options.printer();
    try (Account account = options.open()) {
      Optional<BackupPreference> wanted =
          new PreferenceFlow(account, printer, ignorePreference).start();
      if (!ignorePreference && wanted.filter(BackupPreference.ON::equals).isEmpty()) {
        throw new CommandFailure("the account does not want a backup. Try: backup enable");
      }
      BackupVersion version = account.needVersion();
      OwnKeys own = account.client().withMachine(MachineKeys::of).toCompletableFuture().join();
      Optional<StoredBackupKey.Held> held = StoredBackupKey.read(account.archive());
      BackupAccess access =
          BackupAccess.of(version.auth(), own, held.map(StoredBackupKey.Held::key));
      if (access.sealTo().isEmpty()) {
        throw new CommandFailure(
            "this backup is not trusted: no signature that we trust, and its key is not here.");
      }
      return Uploads.run(account, printer, version.version(), access.sealTo().get());
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }
}
