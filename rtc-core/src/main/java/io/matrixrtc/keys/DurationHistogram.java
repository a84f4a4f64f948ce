package io.matrixrtc.keys;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How often something took how long. Immutable.
 *
 * @param counts for each of {@link #BOUNDS_MILLIS} how many took at most that, and more than the
 *     one before; then how many took longer
 */
public record DurationHistogram(List<Long> counts) {
  /** Upper ends of the buckets. */
  public static final List<Long> BOUNDS_MILLIS =
      List.of(50L, 100L, 200L, 500L, 1_000L, 2_000L, 5_000L, 10_000L, 30_000L, 60_000L);

  /** With nothing in it. */
  public static final DurationHistogram EMPTY =
      new DurationHistogram(BOUNDS_MILLIS.stream().map(bound -> 0L).toList()).grown();

  public DurationHistogram {
    counts = List.copyOf(counts);
  }

  private DurationHistogram grown() {
    List<Long> more = new ArrayList<>(counts);
    more.add(0L);
    return new DurationHistogram(more);
  }

  /** This, and one more. */
  public DurationHistogram with(Duration took) {
    int bucket = 0;
    while (bucket < BOUNDS_MILLIS.size() && took.toMillis() > BOUNDS_MILLIS.get(bucket)) {
      bucket++;
    }
    List<Long> more = new ArrayList<>(counts);
    more.set(bucket, more.get(bucket) + 1);
    return new DurationHistogram(more);
  }

  /** How many there are. */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The upper end of the bucket that holds this share of all, in milliseconds; -1 if there are
   * none, {@link Long#MAX_VALUE} beyond the last bound.
   *
   * @param share 0 to 1
   */
  public long quantileMillis(double share) {
    long wanted = (long) Math.ceil(share * count());
    long seen = 0;
    for (int i = 0; i < counts.size(); i++) {
      seen += counts.get(i);
      if (seen > 0 && seen >= wanted) {
        return i < BOUNDS_MILLIS.size() ? BOUNDS_MILLIS.get(i) : Long.MAX_VALUE;
      }
    }
    return -1;
  }
}
