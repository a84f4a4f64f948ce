package io.matrixrtc.token;

import java.time.Duration;

/**
 * A leave event that waits at the homeserver (MSC4140), handed over to this service.
 *
 * @param delayId a secret: whoever has it can send or hold back the event
 * @param delay after which the homeserver sends it, unless it is restarted; positive
 */
public record DelayedLeave(String delayId, Duration delay) {
  public DelayedLeave {
    if (delayId.isEmpty() || delay.isNegative() || delay.isZero()) {
      throw new IllegalArgumentException("delayed leave: want an id and a positive delay");
    }
  }

  /** Shows the delay alone. */
  @Override
  public String toString() {
    return "DelayedLeave[" + delay + "]";
  }
}
