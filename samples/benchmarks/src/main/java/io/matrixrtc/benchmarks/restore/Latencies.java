package io.matrixrtc.benchmarks.restore;

import java.util.Collection;

/** How long something took, each time that it was done. */
final class Latencies {
  private final long[] sortedNanos;

  private Latencies(long[] sortedNanos) {
    this.sortedNanos = sortedNanos;
  }

  /**
   * Of these.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Latencies of(Collection<Long> nanos) {
    if (nanos.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    return new Latencies(nanos.stream().mapToLong(Long::longValue).sorted().toArray());
  }

  int count() {
    return sortedNanos.length;
  }

  /** So many milliseconds are enough for this share of them: one that was measured, not between. */
  double millis(double share) {
    int index = (int) Math.ceil(share * sortedNanos.length) - 1;
    return sortedNanos[Math.max(0, index)] / 1e6;
  }

  double longestMillis() {
    return millis(1);
  }

  double medianMillis() {
    return millis(0.5);
  }
}
