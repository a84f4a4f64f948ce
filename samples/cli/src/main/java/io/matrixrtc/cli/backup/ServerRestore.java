package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.DownloadRunner;
import io.matrixrtc.cli.failure.CommandFailure;
import java.io.IOException;
import java.util.Optional;

/** Restores from the homeserver. */
final class ServerRestore {
  private final Account account;
  private final RestoreDisplay display;

  ServerRestore(Account account, RestoreDisplay display) {
    this.account = account;
    this.display = display;
  }

  /** Runs to the end, or until it is interrupted; returns where it is then. */
  DownloadState run(RecoveryKeyOptions recoveryKey) throws CommandFailure, InterruptedException {
    BackupVersion version = account.needVersion();
    try (BackupKey key = KeyOfBackup.find(account, version, recoveryKey);
        DiskSpoolFile spool = new DiskSpoolFile(account.files().spool());
        BackupThreads threads = new BackupThreads()) {
      ArchiveDownloadStore jobs = ArchiveDownloadStore.open(account.archive());
      if (drain(jobs, spool, threads)) {
        return DownloadState.PAUSED;
      }
      RestoreRun run = new RestoreRun(display, Optional.empty());
      DownloadRunner runner =
          new DownloadRunner(
              new FullDownload(jobs, spool, "restore", threads.openers()),
              run.heard(account.api()),
              threads.scheduler(),
              run);
      Optional<RestoreSummary> end = run.await(runner, version, key);
      RestoreSummary summary = end.isPresent() ? end.get() : RestoreSummary.alreadyDone(jobs.job());
      display.damaged(jobs.damaged());
      display.summary(summary);
      run.shown();
      return summary.state();
    } catch (IOException | VaultException e) {
      throw new CommandFailure("the restore stopped: " + e.getMessage() + ".");
    }
  }

  /**
   * What a restore of an earlier version has on disk is imported first, with its key (DL-KEY).
   *
   * @return whether that was paused
   */
  private boolean drain(ArchiveDownloadStore jobs, DiskSpoolFile spool, BackupThreads threads)
      throws VaultException, CommandFailure, InterruptedException {
    Optional<BackupKey> earlier = StoredBackupKey.ofDownload(account.archive());
    if (earlier.isEmpty()) {
      return false;
    }
    try (BackupKey key = earlier.get()) {
      RestoreRun run = new RestoreRun(display, Optional.empty());
      FullDownload download = new FullDownload(jobs, spool, "restore", threads.openers());
      Optional<RestoreSummary> paused =
          run.drain(new DownloadRunner(download, account.api(), threads.scheduler(), run), key);
      paused.ifPresent(display::summary);
      run.shown();
      return paused.isPresent();
    }
  }
}
