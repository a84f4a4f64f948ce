package io.matrixrtc.widget.host;

import java.time.Duration;
import java.time.Instant;

/** Lets through a burst, and then so many per second. */
final class TokenBucket {
  private final int burst;
  private final double perSecond;
  private double tokens;
  private Instant filled;

  TokenBucket(int burst, double perSecond, Instant now) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.tokens = burst;
    this.filled = now;
  }

  /** Takes one token, if there is one. A clock that goes back fills nothing. */
  boolean take(Instant now) {
    if (now.isAfter(filled)) {
      double seconds = Duration.between(filled, now).toNanos() / 1e9;
      tokens = Math.min(burst, tokens + seconds * perSecond);
      filled = now;
    }
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
