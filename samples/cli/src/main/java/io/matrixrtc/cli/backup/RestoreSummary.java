package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How a restore ended.
 *
 * @param state where it is now
 * @param total entries of the backup
 * @param imported entries that brought something new, in this run or in one before it
 * @param known entries that brought nothing
 * @param damaged entries that cannot be used
 * @param thisRun entries that were dealt with in this run
 * @param duration of this run
 * @param peakHeapBytes the most memory that was seen in use
 */
record RestoreSummary(
    DownloadState state,
    long total,
    long imported,
    long known,
    long damaged,
    long thisRun,
    Duration duration,
    long peakHeapBytes) {

  static RestoreSummary of(
      DownloadProgress last, long thisRun, Duration duration, long peakHeapBytes) {
    return new RestoreSummary(
        last.state(),
        last.total(),
        last.imported(),
        last.unchanged(),
        last.failed(),
        thisRun,
        duration,
        peakHeapBytes);
  }

  /** That of a backup of which everything was here before. */
  static RestoreSummary alreadyDone(Optional<DownloadJob> done) throws CommandFailure {
    if (done.isEmpty()) {
      throw new CommandFailure("the restore did not start. Try again.");
    }
    DownloadJob job = done.get();
    long known = job.imported() + job.unchanged();
    return new RestoreSummary(job.state(), job.seen(), 0, known, job.failed(), 0, Duration.ZERO, 0);
  }

  private double seconds() {
    return duration.toMillis() / 1_000.0;
  }

  private long keysPerSecond() {
    return duration.toMillis() == 0 ? 0 : thisRun * 1_000 / duration.toMillis();
  }

  ObjectNode toJson() {
    return Json.newObject()
        .put("type", "summary")
        .put("state", state.name().toLowerCase(Locale.ROOT))
        .put("total", total)
        .put("imported", imported)
        .put("known", known)
        .put("damaged", damaged)
        .put("seconds", seconds())
        .put("keysPerSecond", keysPerSecond())
        .put("peakHeapMb", peakHeapBytes >> 20);
  }

  String toText() {
    return String.format(
        Locale.ROOT,
        "%s: %,d keys: %,d new, %,d known, %,d damaged; %.1f s, %,d keys/s, at most %,d MB of heap",
        state == DownloadState.DONE ? "Done" : state.name().toLowerCase(Locale.ROOT),
        total,
        imported,
        known,
        damaged,
        seconds(),
        keysPerSecond(),
        peakHeapBytes >> 20);
  }
}
