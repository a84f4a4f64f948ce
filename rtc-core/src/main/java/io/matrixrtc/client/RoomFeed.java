package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.RoomUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who is in a room and in its call, as sessions need it: first the whole state, then what each sync
 * changed. Confined to the client's scheduler.
 */
final class RoomFeed {
  private static final String MEMBER = "m.room.member";

  private final Map<String, List<Consumer<RoomUpdate>>> subscribers = new LinkedHashMap<>();

  void subscribe(String roomId, Consumer<RoomUpdate> subscriber) {
    subscribers.computeIfAbsent(roomId, id -> new ArrayList<>()).add(subscriber);
  }

  void unsubscribe(String roomId, Consumer<RoomUpdate> subscriber) {
    List<Consumer<RoomUpdate>> ofRoom = subscribers.get(roomId);
    if (ofRoom != null && ofRoom.remove(subscriber) && ofRoom.isEmpty()) {
      subscribers.remove(roomId);
    }
  }

  void clear() {
    subscribers.clear();
  }

  /** Hands on what a sync changed in the rooms that somebody follows. */
  void onSync(SyncAnswer answer) {
    answer
        .rooms()
        .forEach(
            (roomId, section) -> {
              List<Consumer<RoomUpdate>> ofRoom = subscribers.get(roomId);
              if (ofRoom != null) {
                RoomUpdate update = update(section.state());
                List.copyOf(ofRoom).forEach(subscriber -> subscriber.accept(update));
              }
            });
  }

  /** Users who send call memberships in {@code update}: their devices will send keys. */
  static Set<String> callUsers(RoomUpdate update) {
    Set<String> users = new HashSet<>();
    update.events().stream()
        .filter(event -> !event.content().isEmpty())
        .forEach(event -> users.add(event.sender()));
    return users;
  }

  /** Reads state events; of two for one state key the later counts. */
  static RoomUpdate update(List<ObjectNode> state) {
    List<CallMemberEvent> events = new ArrayList<>();
    Set<String> joined = new HashSet<>();
    Set<String> notJoined = new HashSet<>();
    for (ObjectNode event : state) {
      String type = event.path("type").asText();
      if (!event.path("state_key").isTextual()
          || !(event.get("content") instanceof ObjectNode content)) {
        continue;
      }
      String stateKey = event.path("state_key").textValue();
      if (type.equals(CallMemberEvent.TYPE)) {
        events.add(
            new CallMemberEvent(
                event.path("event_id").asText(),
                stateKey,
                event.path("sender").asText(),
                Instant.ofEpochMilli(event.path("origin_server_ts").asLong()),
                content));
      } else if (type.equals(MEMBER)) {
        boolean isJoined = content.path("membership").asText().equals("join");
        (isJoined ? joined : notJoined).add(stateKey);
        (isJoined ? notJoined : joined).remove(stateKey);
      }
    }
    return new RoomUpdate(events, joined, notJoined);
  }
}
