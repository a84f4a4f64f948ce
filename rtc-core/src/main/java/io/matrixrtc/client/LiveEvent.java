package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.EncryptionInfo;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.keys.DeviceAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An event that is no state, as sessions read it: in the clear, with what stood outside of the
 * encryption, such as how long it is sticky, left as it was.
 *
 * @param encryptedBy the device whose room key it was encrypted with; empty if it came in the clear
 */
record LiveEvent(ObjectNode event, Optional<DeviceAddress> encryptedBy) {
  private static final List<String> LEFT =
      List.of("msc4354_sticky_duration_ttl_ms", "sticky_duration_remaining_ms");

  static LiveEvent clear(ObjectNode event) {
    return new LiveEvent(event, Optional.empty());
  }

  /**
   * Returns {@code events} with those opened that {@code results} have opened. What the room key of
   * another user than the sender opened is left out (FEED-SENDER).
   */
  static List<LiveEvent> opened(List<ObjectNode> events, List<RoomEventResult> results) {
    Map<String, RoomEventResult.Decrypted> decrypted = new HashMap<>();
    for (RoomEventResult result : results) {
      if (result instanceof RoomEventResult.Decrypted one) {
        decrypted.put(one.event().path("event_id").asText(), one);
      }
    }
    List<LiveEvent> live = new ArrayList<>(events.size());
    for (ObjectNode event : events) {
      RoomEventResult.Decrypted inside = decrypted.get(event.path("event_id").asText());
      if (inside == null) {
        live.add(clear(event));
      } else {
        opened(event, inside).ifPresent(live::add);
      }
    }
    return live;
  }

  /** Returns {@code outside}, as it was opened; empty where the sender is not the key's owner. */
  static Optional<LiveEvent> opened(ObjectNode outside, RoomEventResult.Decrypted inside) {
    EncryptionInfo info = inside.info();
    if (info.verification() == VerificationState.MISMATCHED_SENDER) {
      return Optional.empty();
    }
    ObjectNode event = outside.deepCopy();
    event.set("type", inside.event().path("type"));
    event.set("content", inside.event().path("content"));
    return Optional.of(
        new LiveEvent(
            event, info.senderDevice().map(device -> new DeviceAddress(info.sender(), device))));
  }

  /**
   * Returns the event for somebody who reads it later than it came: what the homeserver said of the
   * time that is left does not count any more (FEED-LATE).
   */
  LiveEvent late() {
    ObjectNode event = event().deepCopy();
    if (event.get("unsigned") instanceof ObjectNode unsigned) {
      unsigned.remove(LEFT);
    }
    return new LiveEvent(event, encryptedBy);
  }

  /** The names of what is left of an event's stickiness, under {@code unsigned}. */
  static List<String> leftNames() {
    return LEFT;
  }
}
