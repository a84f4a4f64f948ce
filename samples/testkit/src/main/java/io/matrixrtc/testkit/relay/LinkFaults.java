package io.matrixrtc.testkit.relay;

import java.time.Duration;

/**
 * What goes wrong on the way from the relay to one participant. The same seed and the same order of
 * frames give the same faults.
 *
 * @param seed of the decisions
 * @param dropRate share of frames that never arrive, 0 to 1
 * @param delay added to each frame, in wall time
 * @param jitter up to this much more delay, without changing the order
 * @param reorderRate share of frames that others overtake, 0 to 1
 * @param reorderDepth at most this many frames overtake one, 1 to {@value #MAX_REORDER_DEPTH}
 */
public record LinkFaults(
    long seed,
    double dropRate,
    Duration delay,
    Duration jitter,
    double reorderRate,
    int reorderDepth) {
  /** Most frames that may overtake one. */
  public static final int MAX_REORDER_DEPTH = 64;

  /** Longest delay and longest jitter. */
  public static final Duration MAX_DELAY = Duration.ofSeconds(30);

  /** A frame held back for others to overtake it goes out after this, even if none came. */
  public static final Duration MAX_REORDER_HOLD = Duration.ofMillis(250);

  public LinkFaults {
    if (!(dropRate >= 0 && dropRate <= 1 && reorderRate >= 0 && reorderRate <= 1)) {
      throw new IllegalArgumentException("link faults: want rates in 0..1");
    }
    if (reorderDepth < 1 || reorderDepth > MAX_REORDER_DEPTH) {
      throw new IllegalArgumentException("link faults: reorder depth " + reorderDepth);
    }
    for (Duration time : new Duration[] {delay, jitter}) {
      if (time.isNegative() || time.compareTo(MAX_DELAY) > 0) {
        throw new IllegalArgumentException("link faults: want 0.." + MAX_DELAY + ", got " + time);
      }
    }
  }

  /** No faults yet; add them with the methods below. */
  public static LinkFaults seeded(long seed) {
    return new LinkFaults(seed, 0, Duration.ZERO, Duration.ZERO, 0, 1);
  }

  public LinkFaults dropping(double rate) {
    return new LinkFaults(seed, rate, delay, jitter, reorderRate, reorderDepth);
  }

  public LinkFaults delaying(Duration by, Duration upToMore) {
    return new LinkFaults(seed, dropRate, by, upToMore, reorderRate, reorderDepth);
  }

  public LinkFaults reordering(double rate, int depth) {
    return new LinkFaults(seed, dropRate, delay, jitter, rate, depth);
  }
}
