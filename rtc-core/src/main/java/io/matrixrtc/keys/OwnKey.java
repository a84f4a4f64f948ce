package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One own key and how far each participation has got it. */
final class OwnKey {
  final MediaKey key;
  final KeyIndex index;
  final Instant createdAt;
  final RotationPlan.Use use;
  private final Map<CallMember, DeliveryState> deliveries = new LinkedHashMap<>();

  OwnKey(MediaKey key, KeyIndex index, Instant createdAt, RotationPlan.Use use) {
    this.key = key;
    this.index = index;
    this.createdAt = createdAt;
    this.use = use;
  }

  /**
   * Notes an offer. A participation of the same device that is over is forgotten: the device is
   * accounted for by its new one.
   */
  void offered(CallMember member, Set<CallMember> present, Instant now) {
    deliveries
        .keySet()
        .removeIf(old -> old.sameDeviceAs(member) && !old.equals(member) && !present.contains(old));
    DeliveryState before = deliveries.get(member);
    int attempts = before == null ? 1 : before.attempts() + 1;
    deliveries.put(member, new DeliveryState.Offered(now, attempts));
  }

  /** Forgets that anybody was tried, so that the next offer is a first one. */
  void forgetAttempts() {
    deliveries.replaceAll((member, state) -> new DeliveryState.Offered(createdAt, 0));
  }

  /** Notes an answer; returns the new state, or the old one if that was a confirmation. */
  DeliveryState answered(CallMember member, Delivery delivery, Instant now) {
    DeliveryState before = deliveries.get(member);
    int attempts = before == null ? 1 : before.attempts();
    DeliveryState after;
    if (delivery instanceof Delivery.Served || before instanceof DeliveryState.Served) {
      after = new DeliveryState.Served(now, attempts);
    } else if (delivery instanceof Delivery.Failed failed) {
      after = new DeliveryState.Failed(failed, now.plus(RetryDelay.after(attempts)), attempts);
    } else {
      throw new IllegalStateException("unknown delivery");
    }
    if (before != null) {
      deliveries.put(member, after);
    }
    return after;
  }

  Map<CallMember, DeliveryState> deliveries() {
    return deliveries;
  }

  boolean servedAnyone() {
    return deliveries.values().stream().anyMatch(DeliveryState.Served.class::isInstance);
  }

  OwnKeyState.Held state(boolean used) {
    return new OwnKeyState.Held(index, createdAt, deliveries.keySet(), used);
  }
}
