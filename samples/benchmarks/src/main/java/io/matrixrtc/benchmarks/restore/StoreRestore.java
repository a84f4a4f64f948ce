package io.matrixrtc.benchmarks.restore;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.DownloadRunner;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Restores a backup into SQLite on disk, from where an earlier run left off. */
final class StoreRestore {
  /** How the files begin that a restore writes into its directory. */
  static final String STORE = "store.db";

  static final String SPOOL = "spool";

  /**
   * What came out.
   *
   * @param last what was told last: done, or paused
   * @param held how many room keys the store holds
   * @param seconds from the start to that
   * @param cpuSeconds of all threads of this process, in that time
   */
  record Restored(DownloadProgress last, long held, double seconds, double cpuSeconds) {}

  private final BackupPlace.Opener opener;
  private final Path directory;
  private final Path answer;
  private final BackupKey key;

  StoreRestore(BackupPlace.Opener opener, Path directory, Path answer, BackupKey key) {
    this.opener = opener;
    this.directory = directory;
    this.answer = answer;
    this.key = key;
  }

  /**
   * Runs until it is at its end.
   *
   * @param pauseAt after so many entries it is paused; 0 for never
   * @param told of the progress, on another thread
   */
  Restored run(long pauseAt, Consumer<DownloadProgress> told)
      throws IOException, InterruptedException {
    try (StoreSecret secret = StoreSecret.key(new byte[StoreSecret.KEY_BYTES]);
        SqliteCryptoStore store =
            SqliteCryptoStore.open(directory.resolve(STORE), secret, RandomSource.secure());
        BackupThreads threads = new BackupThreads();
        BackupPlace place = opener.open(answer, key, store, threads);
        DiskSpoolFile spool = new DiskSpoolFile(directory.resolve(SPOOL))) {
      Listener listener = new Listener(pauseAt, told);
      DownloadRunner runner =
          new DownloadRunner(
              new FullDownload(
                  ArchiveDownloadStore.open(place.archive()),
                  spool,
                  "benchmark",
                  threads.openers()),
              place.source(),
              threads.scheduler(),
              listener);
      listener.pause = runner::pause;
      Duration cpuBefore = cpuTime();
      long start = System.nanoTime();
      runner.start(place.version(), key, true);
      DownloadProgress last = listener.end.get();
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = cpuTime().minus(cpuBefore).toMillis() / 1e3;
      runner.close().toCompletableFuture().get();
      return new Restored(last, store.backupCount("").total(), seconds, cpuSeconds);
    } catch (CryptoStoreException | VaultException | ExecutionException e) {
      throw new IOException(e);
    }
  }

  /** What all threads have used: comparable on a machine that does other things, too. */
  private static Duration cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** How many entries were dealt with. */
  static long done(DownloadProgress progress) {
    return progress.imported() + progress.unchanged() + progress.failed();
  }

  private static final class Listener implements DownloadRunner.Listener {
    private final long pauseAt;
    private final Consumer<DownloadProgress> told;
    private final CompletableFuture<DownloadProgress> end = new CompletableFuture<>();
    private volatile Runnable pause = () -> {};

    Listener(long pauseAt, Consumer<DownloadProgress> told) {
      this.pauseAt = pauseAt;
      this.told = told;
    }

    @Override
    public void progress(DownloadProgress progress) {
      told.accept(progress);
      if (progress.state().isFinal() || progress.state() == DownloadState.PAUSED) {
        end.complete(progress);
      } else if (pauseAt > 0 && done(progress) >= pauseAt) {
        pause.run();
      }
    }

    @Override
    public void lightPassDue() {
      end.completeExceptionally(new IllegalStateException("nobody changed the backup"));
    }

    @Override
    public void broken(Exception why) {
      end.completeExceptionally(why);
    }
  }
}
