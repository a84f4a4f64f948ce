package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Flow;
import java.util.List;
import java.util.Optional;

/** Which events the widget gets to see, and in which form. */
record EventFilter(HostSession session, RoomAccess rooms) {
  /** The members of a room event that a widget is given; what else an SDK adds stays here. */
  private static final List<String> MEMBERS =
      List.of(
          "type",
          "sender",
          "event_id",
          "state_key",
          "origin_server_ts",
          "content",
          "unsigned",
          "msc4354_sticky",
          "sticky");

  /** Whether the widget was granted to receive it (READ-FILTER). */
  boolean allows(String roomId, ObjectNode event) {
    return rooms.permits(roomId) && allows(Flow.RECEIVE, event);
  }

  private boolean allows(Flow flow, ObjectNode event) {
    String type = event.path("type").asText();
    if (event.path("state_key").isTextual()) {
      return session.grants().allowsState(flow, type, event.get("state_key").textValue());
    }
    return !event.has("state_key")
        && session.grants().allowsMessage(flow, type, msgtype(event.path("content")));
  }

  static Optional<String> msgtype(JsonNode content) {
    return Optional.ofNullable(content.path("msgtype").textValue());
  }

  /** The event as it is handed out: with its room, whatever the event says (FEED-ROOM). */
  ObjectNode handedOut(String roomId, ObjectNode event) {
    ObjectNode copy = Json.newObject();
    for (String member : MEMBERS) {
      if (event.has(member)) {
        copy.set(member, event.get(member).deepCopy());
      }
    }
    copy.put("room_id", roomId);
    return copy;
  }
}
