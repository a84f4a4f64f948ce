package io.matrixrtc.keys;

import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads the outcomes of a channel, by device, as deliveries to members (KT-OUTCOME). */
final class ChannelDeliveries {
  private ChannelDeliveries() {}

  static Map<CallMember, Delivery> of(
      Set<CallMember> members, Map<DeviceAddress, Outcome> outcomes) {
    Map<CallMember, Delivery> deliveries = new LinkedHashMap<>();
    for (CallMember member : members) {
      Outcome outcome = outcomes.get(member.device());
      deliveries.put(
          member,
          outcome == null
              ? new Delivery.Failed(Delivery.Reason.NO_ANSWER, "no outcome for the device")
              : delivery(outcome));
    }
    return deliveries;
  }

  /** The same for all. */
  static Map<CallMember, Delivery> all(Set<CallMember> members, Delivery delivery) {
    Map<CallMember, Delivery> deliveries = new LinkedHashMap<>();
    members.forEach(member -> deliveries.put(member, delivery));
    return deliveries;
  }

  private static Delivery delivery(Outcome outcome) {
    if (outcome instanceof Outcome.Sent) {
      return new Delivery.Served();
    } else if (outcome instanceof Outcome.UnknownDevice) {
      return new Delivery.Failed(Delivery.Reason.UNKNOWN_DEVICE, "unknown device");
    } else if (outcome instanceof Outcome.NoOneTimeKeys) {
      return new Delivery.Failed(Delivery.Reason.NO_ONE_TIME_KEYS, "no one-time keys");
    } else if (outcome instanceof Outcome.Refused refused) {
      return new Delivery.Failed(Delivery.Reason.REFUSED, refused.reason());
    } else if (outcome instanceof Outcome.Unsupported unsupported) {
      return new Delivery.Failed(Delivery.Reason.UNSUPPORTED, unsupported.reason());
    } else if (outcome instanceof Outcome.Failed failed) {
      return new Delivery.Failed(Delivery.Reason.NOT_SENT, failed.reason());
    }
    throw new IllegalStateException("unknown outcome");
  }
}
