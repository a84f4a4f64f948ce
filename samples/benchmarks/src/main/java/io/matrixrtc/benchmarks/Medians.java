package io.matrixrtc.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The median, which one disturbed measurement does not move. */
public final class Medians {
  private Medians() {}

  /**
   * Returns the median of what {@code value} says of each.
   *
   * @throws IllegalStateException if there is none
   */
  public static <T> double of(List<T> measurements, ToDoubleFunction<T> value) {
    double[] sorted = measurements.stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalStateException("the benchmark measured nothing");
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
