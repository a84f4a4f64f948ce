package io.matrixrtc.benchmarks.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Locale;

/** A restore in three processes: paused, killed, and finished. */
final class InterruptedRestore {
  /** What each process may use: what is asked of a restore of a million keys. */
  private static final String HEAP = "-Xmx256m";

  private final Path directory;
  private final BackupKey key;
  private final int keys;
  private final RestoreSteps steps;

  /** Restores what is in {@code directory}, where everything else is written, too. */
  InterruptedRestore(Path directory, BackupKey key, int keys, RestoreSteps steps) {
    this.directory = directory;
    this.key = key;
    this.keys = keys;
    this.steps = steps;
  }

  /**
   * What it took.
   *
   * @param pausedAt how many keys were imported when it was paused
   * @param killedAt how many were told of last before the kill
   * @param seconds of all three processes, their starts included
   * @param heapGrowthMb the most of the two that were not killed
   * @param peakDiskMb the most that store and spool took together
   */
  record Result(
      int keys, long pausedAt, long killedAt, double seconds, long heapGrowthMb, long peakDiskMb) {
    String toJson() {
      return Json.newObject()
          .put("name", "restore.interrupted")
          .put("keys", keys)
          .put("pausedAt", pausedAt)
          .put("killedAt", killedAt)
          .put("seconds", seconds)
          .put("heapGrowthMb", heapGrowthMb)
          .put("peakDiskMb", peakDiskMb)
          .toString();
    }

    String toText() {
      return String.format(
          Locale.ROOT,
          "restore: %,d keys, paused at %,d, killed at %,d, finished, all of them in the store:"
              + " %.1f s,%n  heap at most %d MB more after collections than before (%s); disk at"
              + " most %,d MB",
          keys,
          pausedAt,
          killedAt,
          seconds,
          heapGrowthMb,
          HEAP,
          peakDiskMb);
    }
  }

  /** The last line of a process. */
  private record End(String state, long imported, long held, long heapGrowth) {}

  Result run() throws IOException, InterruptedException {
    try (DiskWatch disk = new DiskWatch(directory)) {
      long start = System.nanoTime();
      steps.begin("first process, paused at a quarter");
      End paused = runChild(keys / 4);
      if (!paused.state().equals("PAUSED")) {
        throw new IOException("was to be paused, and is " + paused);
      }
      steps.end(String.format(Locale.ROOT, "paused at %,d keys", paused.imported()));
      steps.begin("second process, killed at half");
      long killedAt = kill(keys / 2);
      steps.end(String.format(Locale.ROOT, "killed when it had said %,d", killedAt));
      steps.begin("third process, to the end");
      End done = runChild(0);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (!done.state().equals("DONE") || done.imported() != keys || done.held() != keys) {
        throw new IOException("wanted " + keys + " keys, and got " + done);
      }
      steps.end(String.format(Locale.ROOT, "done, %,d keys in the store", done.held()));
      return new Result(
          keys,
          paused.imported(),
          killedAt,
          seconds,
          Math.max(paused.heapGrowth(), done.heapGrowth()) >> 20,
          disk.peakBytes() >> 20);
    }
  }

  private Process start(long pauseAt) throws IOException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                RestoreChild.class.getName(),
                directory.toString(),
                Long.toString(pauseAt))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Writer in = child.outputWriter(UTF_8)) {
      in.write(key.toSecret() + "\n");
    }
    return child;
  }

  private static BufferedReader output(Process child) {
    return new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8));
  }

  /** Runs a process to its end. */
  private End runChild(long pauseAt) throws IOException, InterruptedException {
    Process child = start(pauseAt);
    String last = "";
    try (BufferedReader lines = output(child)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
        if (!line.contains(" ")) {
          steps.at(Long.parseLong(line));
        }
      }
    }
    String[] end = last.split(" ", -1);
    if (child.waitFor() != 0 || end.length != 4) {
      throw new IOException("a process ended with " + child.exitValue() + ": " + last);
    }
    return new End(end[0], Long.parseLong(end[1]), Long.parseLong(end[2]), Long.parseLong(end[3]));
  }

  /** Kills a process when it has done {@code at} entries; returns what it said last. */
  private long kill(long at) throws IOException, InterruptedException {
    Process child = start(0);
    long said = 0;
    try (BufferedReader lines = output(child)) {
      for (String line = lines.readLine(); said < at; line = lines.readLine()) {
        if (line == null || line.contains(" ")) {
          throw new IOException("a process ended before it was killed: " + line);
        }
        said = Long.parseLong(line);
        steps.at(said);
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    return said;
  }
}
