package io.matrixrtc.token.federation;

import java.time.Duration;

/** The moment until which something must be done, on the monotonic clock. */
public final class Deadline {
  private final long endNanos;

  private Deadline(long endNanos) {
    this.endNanos = endNanos;
  }

  /** Ends {@code time} from now on. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** What is left, in milliseconds; 1 at least, as timers want it. */
  long remainingMillis() {
    return Math.max(1, (endNanos - System.nanoTime()) / 1_000_000);
  }

  boolean isOver() {
    return endNanos - System.nanoTime() <= 0;
  }
}
