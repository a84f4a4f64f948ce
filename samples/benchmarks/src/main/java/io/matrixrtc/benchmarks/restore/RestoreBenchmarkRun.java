package io.matrixrtc.benchmarks.restore;

import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.DownloadRunner;
import io.matrixrtc.backup.service.SavedAnswer;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** Restores a generated backup from a file into SQLite on disk, and says how fast that went. */
public final class RestoreBenchmarkRun {
  /** What is wanted, in keys a second on two cores. */
  static final int GOAL_PER_SECOND = 9_000;

  /** How much is measured. */
  public enum Plan {
    /** 100,000 keys. */
    FULL(100_000),
    /** 5,000 keys. */
    QUICK(5_000);

    private final int keys;

    Plan(int keys) {
      this.keys = keys;
    }
  }

  private RestoreBenchmarkRun() {}

  /** Measures once, and prints one line. */
  public static void run(Plan plan, boolean json, PrintStream out)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("restore-benchmark");
    try {
      GeneratedBackup backup = new GeneratedBackup(1);
      Path answer = directory.resolve("answer.json");
      backup.write(answer, plan.keys);
      Measured measured = new Measured();
      long start = System.nanoTime();
      Duration before = cpuTime();
      DownloadProgress end = restore(backup, answer, directory, measured);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (end.imported() != plan.keys) {
        throw new IOException("restored " + end.imported() + " of " + plan.keys + " keys");
      }
      double cpuSeconds = cpuTime().minus(before).toMillis() / 1e3;
      print(plan.keys, seconds, cpuSeconds, measured.peakHeap >> 20, json, out);
    } finally {
      delete(directory);
    }
  }

  private static DownloadProgress restore(
      GeneratedBackup backup, Path answer, Path directory, Measured measured)
      throws IOException, InterruptedException {
    try (StoreSecret secret = StoreSecret.key(new byte[StoreSecret.KEY_BYTES]);
        SqliteCryptoStore store =
            SqliteCryptoStore.open(directory.resolve("store.db"), secret, RandomSource.secure());
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure());
        DiskSpoolFile spool = new DiskSpoolFile(directory.resolve("spool"));
        BackupThreads threads = new BackupThreads()) {
      SavedAnswer source = new SavedAnswer(answer, backup.key(), threads.reader());
      DownloadRunner runner =
          new DownloadRunner(
              new FullDownload(
                  ArchiveDownloadStore.open(Archive.of(keys.keys())),
                  spool,
                  "benchmark",
                  threads.openers()),
              source,
              threads.scheduler(),
              measured);
      runner.start(source.savedVersion(), backup.key(), true);
      return measured.end.get();
    } catch (CryptoStoreException | VaultException | ExecutionException e) {
      throw new IOException(e);
    }
  }

  /** Waits for the end, and looks at the heap on the way. */
  private static final class Measured implements DownloadRunner.Listener {
    private final CompletableFuture<DownloadProgress> end = new CompletableFuture<>();
    private volatile long peakHeap;

    @Override
    public void progress(DownloadProgress progress) {
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      peakHeap = Math.max(peakHeap, used);
      if (progress.state().isFinal()) {
        end.complete(progress);
      }
    }

    @Override
    public void lightPassDue() {
      end.completeExceptionally(new IllegalStateException("a file does not change"));
    }

    @Override
    public void broken(Exception why) {
      end.completeExceptionally(why);
    }
  }

  /** What all threads have used: comparable on a machine that does other things, too. */
  private static Duration cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static void print(
      int keys, double seconds, double cpuSeconds, long peakHeapMb, boolean json, PrintStream out) {
    double perSecond = keys / seconds;
    if (json) {
      out.println(
          Json.newObject()
              .put("name", "restore")
              .put("keys", keys)
              .put("seconds", seconds)
              .put("keysPerSecond", perSecond)
              .put("cpuSeconds", cpuSeconds)
              .put("peakHeapMb", peakHeapMb)
              .put("goalKeysPerSecond", GOAL_PER_SECOND)
              .put("goalMet", perSecond >= GOAL_PER_SECOND));
    } else {
      out.println(
          String.format(
              Locale.ROOT,
              "restore: %,d keys from a file into SQLite: %.1f s, %,.0f keys/s (goal %,d),"
                  + " %.1f s of CPU, at most %d MB of heap",
              keys,
              seconds,
              perSecond,
              GOAL_PER_SECOND,
              cpuSeconds,
              peakHeapMb));
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
