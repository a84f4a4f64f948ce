package io.matrixrtc.testkit.demo;

import java.util.List;

/** Median and tail of some measurements, by nearest rank. */
public record Figures(int count, long p50, long p99) {
  /** With no measurements both are 0 and {@code count} says so. */
  public static Figures of(List<Long> values) {
    if (values.isEmpty()) {
      return new Figures(0, 0, 0);
    }
    List<Long> sorted = values.stream().sorted().toList();
    return new Figures(sorted.size(), rank(sorted, 0.50), rank(sorted, 0.99));
  }

  private static long rank(List<Long> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }
}
