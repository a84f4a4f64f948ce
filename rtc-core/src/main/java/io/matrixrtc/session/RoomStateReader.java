package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads what sessions need out of a room's state events. */
final class RoomStateReader {
  private static final String MEMBER = "m.room.member";
  private static final String ENCRYPTION = "m.room.encryption";

  private RoomStateReader() {}

  /**
   * Returns what {@code state} says about members, call memberships and slots; of two events for
   * one state key the later counts (FEED-LAST). Events without an id, a sender, a state key, a time
   * or a content object say nothing (FEED-SHAPE).
   */
  static RoomUpdate read(Collection<ObjectNode> state) {
    List<CallMemberEvent> events = new ArrayList<>();
    Set<String> joined = new HashSet<>();
    Set<String> notJoined = new HashSet<>();
    List<SlotEvent> slots = new ArrayList<>();
    boolean encrypted = false;
    for (ObjectNode event : state) {
      if (!event.path("state_key").isTextual()
          || !event.path("sender").isTextual()
          || !(event.get("content") instanceof ObjectNode content)) {
        continue;
      }
      String type = event.path("type").asText();
      String stateKey = event.path("state_key").textValue();
      if (type.equals(CallMemberEvent.TYPE)
          && event.path("event_id").isTextual()
          && hasTime(event)) {
        events.add(
            new CallMemberEvent(
                event.path("event_id").textValue(),
                stateKey,
                event.path("sender").textValue(),
                time(event),
                content));
      } else if (type.equals(SlotEvent.TYPE) && event.path("event_id").isTextual()) {
        slots.add(new SlotEvent(event.path("event_id").textValue(), stateKey, content));
      } else if (type.equals(ENCRYPTION) && stateKey.isEmpty()) {
        encrypted = true;
      } else if (type.equals(MEMBER)) {
        boolean isJoined = content.path("membership").asText().equals("join");
        (isJoined ? joined : notJoined).add(stateKey);
        (isJoined ? notJoined : joined).remove(stateKey);
      }
    }
    return new RoomUpdate(
        events, joined, notJoined, List.of(), slots, Set.of(), List.of(), encrypted, Set.of());
  }

  private static boolean hasTime(ObjectNode event) {
    return event.path("origin_server_ts").isIntegralNumber()
        && event.path("origin_server_ts").canConvertToLong();
  }

  private static Instant time(ObjectNode event) {
    return Instant.ofEpochMilli(event.path("origin_server_ts").longValue());
  }
}
