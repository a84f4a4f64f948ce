package io.matrixrtc.benchmarks.restore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a restore took.
 *
 * @param keys how many were restored
 * @param from where from
 * @param seconds from the first byte of the answer to the end
 * @param cpuSeconds of all threads together
 * @param peakHeapMb the most that was seen, garbage included
 * @param heapGrowthMb by how much more was left after a collection than before it began
 * @param peakDiskMb the most that store and spool took together
 * @param peerKeysPerSecond what the Rust SDK restored in a second, if it was there
 */
record RestoreResult(
    int keys,
    String from,
    double seconds,
    double cpuSeconds,
    long peakHeapMb,
    long heapGrowthMb,
    long peakDiskMb,
    OptionalDouble peerKeysPerSecond) {
  /** What is wanted, in keys a second on two cores. */
  static final int GOAL_PER_SECOND = 9_000;

  /** What is wanted, as a multiple of the peer's rate. */
  static final double GOAL_RATIO = 3.5;

  RestoreResult against(double peer) {
    return new RestoreResult(
        keys,
        from,
        seconds,
        cpuSeconds,
        peakHeapMb,
        heapGrowthMb,
        peakDiskMb,
        OptionalDouble.of(peer));
  }

  private double keysPerSecond() {
    return keys / seconds;
  }

  String toJson() {
    ObjectNode json =
        Json.newObject()
            .put("name", "restore")
            .put("keys", keys)
            .put("from", from)
            .put("seconds", seconds)
            .put("keysPerSecond", keysPerSecond())
            .put("cpuSeconds", cpuSeconds)
            .put("peakHeapMb", peakHeapMb)
            .put("heapGrowthMb", heapGrowthMb)
            .put("peakDiskMb", peakDiskMb)
            .put("goalKeysPerSecond", GOAL_PER_SECOND)
            .put("goalMet", keysPerSecond() >= GOAL_PER_SECOND);
    peerKeysPerSecond.ifPresent(
        peer ->
            json.put("peer", RustRestore.NAME)
                .put("peerKeysPerSecond", peer)
                .put("ratio", keysPerSecond() / peer)
                .put("goalRatio", GOAL_RATIO)
                .put("goalRatioMet", keysPerSecond() / peer >= GOAL_RATIO));
    return json.toString();
  }

  String toText() {
    String text =
        String.format(
            Locale.ROOT,
            "restore: %,d keys from %s into SQLite: %.1f s, %,.0f keys/s (goal %,d),%n  %.1f s of"
                + " CPU; heap at most %d MB, %d MB more after collections than before; disk at"
                + " most %,d MB",
            keys,
            from,
            seconds,
            keysPerSecond(),
            GOAL_PER_SECOND,
            cpuSeconds,
            peakHeapMb,
            heapGrowthMb,
            peakDiskMb);
    if (peerKeysPerSecond.isEmpty()) {
      return text;
    }
    double peer = peerKeysPerSecond.getAsDouble();
    return text
        + String.format(
            Locale.ROOT,
            "%n  %s, in memory: %,.0f keys/s; ours is %.2f times that (goal %.1f)",
            RustRestore.NAME,
            peer,
            keysPerSecond() / peer,
            GOAL_RATIO);
  }
}
