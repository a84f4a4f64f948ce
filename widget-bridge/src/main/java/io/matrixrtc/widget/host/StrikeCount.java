package io.matrixrtc.widget.host;

import java.time.Instant;

/** Counts what a widget should not have sent, in windows of fixed length. */
final class StrikeCount {
  private final HostLimits limits;
  private Instant windowEnd = Instant.MIN;
  private int strikes;

  StrikeCount(HostLimits limits) {
    this.limits = limits;
  }

  /** Counts one more. */
  void add(Instant now) {
    if (!now.isBefore(windowEnd)) {
      windowEnd = now.plus(limits.strikeWindow());
      strikes = 0;
    }
    strikes++;
  }

  /** Whether there are too many in the window. */
  boolean isTooMany() {
    return strikes > limits.maxStrikes();
  }
}
