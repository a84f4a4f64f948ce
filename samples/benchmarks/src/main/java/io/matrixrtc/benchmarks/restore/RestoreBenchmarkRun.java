package io.matrixrtc.benchmarks.restore;

import io.matrixrtc.backup.download.DownloadProgress;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Restores a generated backup into SQLite on disk, and says how fast that went. */
public final class RestoreBenchmarkRun {
  /**
   * How much is measured.
   *
   * @param keys how many our side restores
   * @param peerKeys of these, how many the peer restores; 0 for no peer
   */
  public record Plan(int keys, int peerKeys) {
    /** 100,000 keys, of which the peer takes the first 20,000. */
    public static final Plan FULL = new Plan(100_000, 20_000);

    /** 5,000 keys, of which the peer takes the first 2,000. */
    public static final Plan QUICK = new Plan(5_000, 2_000);

    /** As this one, with another number of keys for our side. */
    public Plan withKeys(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("want at least one key, got " + count);
      }
      return new Plan(count, Math.min(peerKeys, count));
    }

    /** As this one, without a peer. */
    public Plan alone() {
      return new Plan(keys, 0);
    }
  }

  /** Where our side restores from. */
  public enum From {
    /** The embedded homeserver, in the same process, into the store of a client. */
    SERVER("the embedded homeserver"),
    /** A saved answer, into a store without a client. */
    FILE("a file");

    private final String text;

    From(String text) {
      this.text = text;
    }

    private BackupPlace.Opener opener() {
      return this == SERVER ? ServedPlace::open : SavedPlace::open;
    }
  }

  private RestoreBenchmarkRun() {}

  /**
   * Measures once, and prints one line.
   *
   * @param err where it is said that the peer cannot be had
   */
  public static void run(Plan plan, From from, boolean json, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("restore-benchmark");
    try {
      GeneratedBackup backup = new GeneratedBackup(1);
      RestoreResult result = measure(backup, plan.keys(), from, directory);
      if (plan.peerKeys() > 0) {
        try {
          Path peer = Files.createDirectory(directory.resolve("peer"));
          result = result.against(RustRestore.keysPerSecond(peer, backup, plan.peerKeys()));
        } catch (IOException e) {
          err.println("bench: NO COMPARISON WITH THE RUST SDK: " + e.getMessage());
        }
      }
      out.println(json ? result.toJson() : result.toText());
    } finally {
      delete(directory);
    }
  }

  private static RestoreResult measure(GeneratedBackup backup, int keys, From from, Path directory)
      throws IOException, InterruptedException {
    Path answer = directory.resolve("answer.json");
    backup.write(answer, keys);
    AtomicLong peakHeap = new AtomicLong();
    Consumer<DownloadProgress> look =
        progress ->
            peakHeap.accumulateAndGet(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
    try (HeapWatch heap = new HeapWatch();
        DiskWatch disk = new DiskWatch(directory)) {
      StoreRestore.Restored end =
          new StoreRestore(from.opener(), directory, answer, backup.key()).run(0, look);
      if (end.last().imported() != keys || end.held() != keys) {
        throw new IOException(
            "restored " + end.last().imported() + " of " + keys + " keys; held: " + end.held());
      }
      Files.delete(answer);
      return new RestoreResult(
          keys,
          from.text,
          end.seconds(),
          end.cpuSeconds(),
          peakHeap.get() >> 20,
          heap.growthBytes() >> 20,
          disk.peakBytes() >> 20,
          OptionalDouble.empty());
    }
  }

  /**
   * Restores from a file in processes of their own, with a heap of 256 MB each: the first one is
   * paused at a quarter, the second one killed at half of the keys, the third one ends it. Prints
   * one line.
   *
   * @param err where it is shown how far it is, if it is a terminal, and how each step ended
   */
  public static void runInterrupted(Plan plan, boolean json, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("restore-benchmark");
    try {
      GeneratedBackup backup = new GeneratedBackup(1);
      RestoreSteps steps =
          new RestoreSteps(err, System.console() != null, plan.keys(), System::nanoTime);
      steps.begin("the backup");
      backup.write(directory.resolve(RestoreChild.ANSWER), plan.keys());
      steps.end("made");
      InterruptedRestore.Result result =
          new InterruptedRestore(directory, backup.key(), plan.keys(), steps).run();
      out.println(json ? result.toJson() : result.toText());
    } finally {
      delete(directory);
    }
  }

  static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
