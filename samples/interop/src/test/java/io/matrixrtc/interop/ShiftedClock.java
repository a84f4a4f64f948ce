package io.matrixrtc.interop;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The time of day, put forward as a test says: nobody waits until a key is old. */
final class ShiftedClock implements InstantSource {
  private final InstantSource real = Clock.systemUTC();
  private volatile Duration ahead = Duration.ZERO;

  /** Puts the clock forward, further than it is already. */
  void pass(Duration time) {
    ahead = ahead.plus(time);
  }

  @Override
  public Instant instant() {
    return real.instant().plus(ahead);
  }
}
