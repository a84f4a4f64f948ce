package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupAccess;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.OwnKeys;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.MachineKeys;
import io.matrixrtc.backup.upload.Losses;
import io.matrixrtc.cli.failure.CommandFailure;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What there is, and what would be lost. */
@Command(
    name = "status",
    description = "Show preference, backup, restore, and what would be lost by signing out now.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Examples:", "  matrixrtc backup status --store alice.db"})
final class StatusCommand implements Callable<Integer> {
  @Mixin private final AccountOptions options = new AccountOptions();

  @Option(
      names = "--ignore-preference",
      description = "Do not read the account's backup preference.")
  private boolean ignorePreference;

  @Override
  public Integer call() throws CommandFailure {
    Printer printer = options.printer();
    try (Account account = options.open()) {
      PreferenceFlow preference = new PreferenceFlow(account, printer, ignorePreference);
      preference.look();
      preference.tellUploads();
      Optional<BackupVersion> version = account.version();
      backup(account, printer, version);
      ArchiveDownloadStore.open(account.archive()).job().ifPresent(job -> restore(printer, job));
      Losses losses = account.versions().losses(version);
      printer.tell(
          "losses",
          json ->
              json.put("notUploaded", losses.notUploaded())
                  .put("notDownloaded", losses.notDownloaded())
                  .put("signOutLoses", losses.signOutLoses()),
          sentence(losses));
      return 0;
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }

  private static String sentence(Losses losses) {
    String inBackup =
        String.format(
            Locale.ROOT, "%,d keys are only in the backup, not here.", losses.notDownloaded());
    if (!losses.signOutLoses()) {
      return "Signing out now would lose no key. " + inBackup;
    }
    return String.format(
        Locale.ROOT,
        "Signing out now would lose %,d keys for good%s. %s %s",
        losses.notUploaded(),
        losses.lastDevice() ? "" : ", but for those that another device of yours has, too",
        losses.backupOff()
            ? "Make a backup first: matrixrtc backup enable."
            : "Bring them into the backup first: matrixrtc backup upload.",
        inBackup);
  }

  private static void backup(Account account, Printer printer, Optional<BackupVersion> version)
      throws VaultException {
    if (version.isEmpty()) {
      printer.tell("backup", json -> json.put("exists", false), "Backup: none on the server.");
      return;
    }
    BackupVersion now = version.get();
    OwnKeys own = account.client().withMachine(MachineKeys::of).toCompletableFuture().join();
    Optional<StoredBackupKey.Held> held = StoredBackupKey.read(account.archive());
    BackupAccess access = BackupAccess.of(now.auth(), own, held.map(StoredBackupKey.Held::key));
    held.ifPresent(kept -> kept.key().close());
    printer.tell(
        "backup",
        json ->
            json.put("exists", true)
                .put("version", now.version())
                .put("count", now.count())
                .put("etag", now.etag())
                .put("mayRead", access.mayRead())
                .put("mayUpload", access.mayUpload())
                .put("trustedBySignature", access.trustedBySignature()),
        String.format(
            Locale.ROOT,
            "Backup: version %s with %,d keys; %s, %s.",
            now.version(),
            now.count(),
            access.mayRead() ? "its key is here" : "its key is not here",
            access.mayUpload() ? "ours may go there" : "not trusted, so ours do not go there"));
  }

  private static void restore(Printer printer, DownloadJob job) {
    printer.tell(
        "restore",
        json ->
            json.put("version", job.version())
                .put("state", job.state().name().toLowerCase(Locale.ROOT))
                .put("seen", job.seen())
                .put("imported", job.imported())
                .put("known", job.unchanged())
                .put("damaged", job.failed()),
        String.format(
            Locale.ROOT,
            "Restore of version %s: %s, %,d new, %,d known, %,d damaged.",
            job.version(),
            job.state().name().toLowerCase(Locale.ROOT),
            job.imported(),
            job.unchanged(),
            job.failed()));
  }
}
