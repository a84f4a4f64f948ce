package io.matrixrtc.livekit;

import java.time.Duration;

/**
 * A delayed leave event (MSC4140) that a token service is to look after.
 *
 * @param delayId its id; who knows it can send the event, so nothing shows it
 * @param delay after which the homeserver sends it; a positive number of milliseconds
 */
public record DelegatedLeave(String delayId, Duration delay) {
  public DelegatedLeave {
    if (delayId.isEmpty() || delay.toMillis() <= 0) {
      throw new IllegalArgumentException("delegated leave: want an id and a positive delay");
    }
  }

  @Override
  public String toString() {
    return "DelegatedLeave[" + delay + "]";
  }
}
