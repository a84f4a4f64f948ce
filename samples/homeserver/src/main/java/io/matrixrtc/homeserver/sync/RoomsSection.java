package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.rooms.ClientEvents;
import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.EventType;
import io.matrixrtc.homeserver.rooms.Events;
import io.matrixrtc.homeserver.rooms.Memberships;
import io.matrixrtc.homeserver.rooms.RoomArea;
import io.matrixrtc.homeserver.rooms.Visibility;
import io.matrixrtc.homeserver.stream.StreamKind;
import io.matrixrtc.homeserver.stream.TimelineToken;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The rooms that the user is in, is invited to, or has just left. */
final class RoomsSection implements SyncSection {
  private static final List<String> INVITE_STATE =
      List.of(
          EventType.CREATE,
          EventType.JOIN_RULES,
          EventType.NAME,
          EventType.AVATAR,
          EventType.CANONICAL_ALIAS,
          EventType.ENCRYPTION);

  private final RoomArea area;
  private final Events events;
  private final RoomState state;
  private final Joins joins;
  private final RoomSummary summary;
  private final List<JoinedRoomPart> parts;

  RoomsSection(RoomArea area, List<JoinedRoomPart> parts) {
    this.area = area;
    this.events = area.events();
    this.state = new RoomState(events);
    this.joins = new Joins(events);
    this.summary = new RoomSummary(area.memberships());
    this.parts = parts;
  }

  @Override
  public StreamKind kind() {
    return StreamKind.ROOMS;
  }

  @Override
  public Read read(SyncContext sync, ObjectNode answer) {
    ObjectNode rooms = Json.object();
    long since = sync.since(kind());
    area.memberships()
        .roomsOf(sync.userId())
        .forEach(
            (roomId, membership) -> {
              if (!sync.filter().admits(roomId)) {
                return;
              }
              boolean moved = sync.isFirst() || membership.position() > since;
              switch (membership.membership()) {
                case Memberships.JOIN ->
                    joined(sync, roomId)
                        .ifPresent(json -> rooms.withObjectProperty("join").set(roomId, json));
                case Memberships.INVITE -> {
                  if (moved) {
                    rooms.withObjectProperty("invite").set(roomId, invited(sync, roomId));
                  }
                }
                default -> {
                  boolean listed = sync.filter().includeLeave() && !membership.forgotten();
                  if (moved && (!sync.isFirst() || listed)) {
                    rooms
                        .withObjectProperty("leave")
                        .set(roomId, left(sync, roomId, membership.position()));
                  }
                }
              }
            });
    if (!rooms.isEmpty()) {
      answer.set("rooms", rooms);
    }
    return new Read(sync.now(), !rooms.isEmpty());
  }

  private Optional<ObjectNode> joined(SyncContext sync, String roomId) {
    boolean whole = sync.isFirst() || !joins.since(sync, roomId);
    long since = whole ? 0 : sync.since(kind());
    ObjectNode room = Json.object();
    boolean changed = whole || sync.fullState() || area.rooms().lastPosition(roomId) > since;
    List<Event> given = List.of();
    if (changed) {
      Timeline timeline = timeline(sync, roomId, since, sync.now());
      given = timeline.events();
      boolean wholeState = whole || sync.fullState();
      write(sync, room, timeline, state.of(sync, roomId, wholeState, since, sync.now(), timeline));
      summary.addTo(sync, roomId, since, room);
    }
    boolean news = changed;
    for (JoinedRoomPart part : parts) {
      news |= part.addTo(sync, new JoinedRoomPart.JoinedRoom(roomId, whole, given), room);
    }
    return news ? Optional.of(room) : Optional.empty();
  }

  private ObjectNode left(SyncContext sync, String roomId, long end) {
    boolean whole = sync.isFirst() || !joinedAt(sync, roomId);
    long since = whole ? 0 : sync.since(kind());
    ObjectNode room = Json.object();
    Timeline timeline = timeline(sync, roomId, since, end);
    boolean wasIn = area.visibility().of(roomId, sync.userId()).end() >= 0;
    write(
        sync,
        room,
        timeline,
        wasIn ? state.of(sync, roomId, whole, since, end, timeline) : List.of());
    return room;
  }

  private ObjectNode invited(SyncContext sync, String roomId) {
    ObjectNode room = Json.object();
    ArrayNode stripped = room.putObject("invite_state").putArray("events");
    for (String type : INVITE_STATE) {
      events.state(roomId, type, "").map(ClientEvents::stripped).ifPresent(stripped::add);
    }
    Optional<Event> invite = events.state(roomId, EventType.MEMBER, sync.userId());
    invite
        .flatMap(event -> events.state(roomId, EventType.MEMBER, event.sender()))
        .map(ClientEvents::stripped)
        .ifPresent(stripped::add);
    invite.map(ClientEvents::stripped).ifPresent(stripped::add);
    return room;
  }

  private Timeline timeline(SyncContext sync, String roomId, long since, long upTo) {
    Visibility.View view = area.visibility().of(roomId, sync.userId());
    return Timeline.read(
        events,
        roomId,
        since,
        upTo,
        sync.filter().timelineLimit(),
        event -> view.sees(event) && sync.filter().timeline().admits(event));
  }

  private void write(
      SyncContext sync, ObjectNode room, Timeline timeline, Collection<Event> stateEvents) {
    ObjectNode part = room.putObject("timeline");
    ArrayNode given = part.putArray("events");
    timeline.events().forEach(e -> given.add(area.clientEvents().inSync(e, sync.session())));
    part.put("limited", timeline.limited());
    part.put("prev_batch", TimelineToken.of(timeline.start()));
    ArrayNode list =
        room.putObject(sync.stateAfter() ? "org.matrix.msc4222.state_after" : "state")
            .putArray("events");
    stateEvents.forEach(e -> list.add(area.clientEvents().inSync(e, sync.session())));
  }

  private boolean joinedAt(SyncContext sync, String roomId) {
    return events
        .stateAt(roomId, EventType.MEMBER, sync.userId(), sync.since(kind()))
        .map(event -> event.membership().equals(Memberships.JOIN))
        .orElse(false);
  }
}
