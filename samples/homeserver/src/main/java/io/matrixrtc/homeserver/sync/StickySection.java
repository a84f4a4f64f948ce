package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.RoomArea;
import io.matrixrtc.homeserver.stream.StreamKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sticky events (MSC4354) that the timelines of this answer do not hold: those beyond a limit, or
 * from before the user joined. Comes after the rooms, whose answers it adds to.
 */
final class StickySection implements SyncSection {
  /** HS-STICKY-LIMIT: given in one answer, but for rooms that are new to the client. */
  static final int MAX_EVENTS = 100;

  private final RoomArea area;
  private final Joins joins;

  StickySection(RoomArea area) {
    this.area = area;
    this.joins = new Joins(area.events());
  }

  @Override
  public StreamKind kind() {
    return StreamKind.STICKY;
  }

  @Override
  public Read read(SyncContext sync, ObjectNode answer) {
    List<Event> chosen = new ArrayList<>();
    List<Event> others = new ArrayList<>();
    for (String roomId : area.memberships().joinedRooms(sync.userId())) {
      if (sync.filter().admits(roomId)) {
        Set<String> given = timeline(answer, roomId);
        boolean fresh = !sync.isFirst() && !joins.since(sync, roomId);
        area.stickyLog().after(roomId, fresh ? 0 : sync.since(kind()), sync.now()).stream()
            .filter(event -> !given.contains(event.eventId()))
            .forEach((fresh ? chosen : others)::add);
      }
    }
    others.sort(Comparator.comparing(Event::position));
    long upTo = sync.now();
    if (others.size() > MAX_EVENTS) {
      upTo = others.get(MAX_EVENTS - 1).position();
      others = others.subList(0, MAX_EVENTS);
    }
    chosen.addAll(others);
    chosen.forEach(event -> add(sync, answer, event));
    return new Read(upTo, !chosen.isEmpty());
  }

  private void add(SyncContext sync, ObjectNode answer, Event event) {
    ObjectNode room =
        answer
            .withObjectProperty("rooms")
            .withObjectProperty("join")
            .withObjectProperty(event.roomId());
    for (String name : area.stickyEvents().sections()) {
      if (!room.has(name)) {
        room.putObject(name).set("events", Json.array());
      }
      ((ArrayNode) room.get(name).get("events"))
          .add(area.clientEvents().inSync(event, sync.session()));
    }
  }

  private static Set<String> timeline(ObjectNode answer, String roomId) {
    Set<String> ids = new HashSet<>();
    JsonNode room = answer.path("rooms").path("join").path(roomId);
    for (JsonNode event : room.path("timeline").path("events")) {
      ids.add(event.path("event_id").asText());
    }
    return ids;
  }
}
