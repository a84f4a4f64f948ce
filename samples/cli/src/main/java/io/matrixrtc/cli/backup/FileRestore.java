package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.download.DamagedEntry;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.DownloadRunner;
import io.matrixrtc.backup.service.SavedAnswer;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Restores from a saved answer, without a server and without a login. */
final class FileRestore {
  private final Path answer;
  private final BackupKey key;
  private final StoreFile files;
  private final RestoreDisplay display;

  FileRestore(Path answer, BackupKey key, StoreFile files, RestoreDisplay display) {
    this.answer = answer;
    this.key = key;
    this.files = files;
    this.display = display;
  }

  /** Runs to the end, or until it is interrupted; returns where it is then. */
  DownloadState run() throws CommandFailure, InterruptedException {
    try (SqliteCryptoStore store = files.open();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure());
        DiskSpoolFile spool = new DiskSpoolFile(files.spool());
        BackupThreads threads = new BackupThreads()) {
      ArchiveDownloadStore jobs = ArchiveDownloadStore.open(Archive.of(keys.keys()));
      SavedAnswer source = new SavedAnswer(answer, key, threads.reader());
      RestoreRun run =
          new RestoreRun(
              display,
              Optional.of(
                  answer
                      + " is not a whole answer to GET /room_keys/keys: it was cut short, or is"
                      + " something else."));
      DownloadRunner runner =
          new DownloadRunner(
              new FullDownload(jobs, spool, "restore", threads.openers()),
              source,
              threads.scheduler(),
              run);
      Optional<RestoreSummary> end = run.await(runner, source.savedVersion(), key);
      RestoreSummary summary = end.isPresent() ? end.get() : RestoreSummary.alreadyDone(jobs.job());
      List<DamagedEntry> damaged = jobs.damaged();
      checkKey(summary, damaged);
      display.damaged(damaged);
      display.summary(summary);
      run.shown();
      return summary.state();
    } catch (IOException | VaultException e) {
      throw new CommandFailure("the restore stopped: " + e.getMessage() + ".");
    }
  }

  /** If not one entry opens, it is the key that is wrong. */
  private static void checkKey(RestoreSummary summary, List<DamagedEntry> damaged)
      throws CommandFailure {
    if (summary.damaged() > 0
        && summary.damaged() == summary.total()
        && damaged.stream().allMatch(entry -> entry.reason() == Reason.MAC)) {
      throw new CommandFailure(
          "this recovery key opens none of the "
              + summary.total()
              + " keys: it is the key of another backup.");
    }
  }
}
