package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.stream.TimelineToken;

/** Reads a room's state and members. */
public final class StateEndpoints implements Endpoints {
  private final Events events;
  private final Memberships memberships;
  private final Visibility visibility;
  private final ClientEvents clientEvents;

  public StateEndpoints(
      Events events, Memberships memberships, Visibility visibility, ClientEvents clientEvents) {
    this.events = events;
    this.memberships = memberships;
    this.visibility = visibility;
    this.clientEvents = clientEvents;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/rooms/{roomId}/state", this::all);
    routes.client("GET", "/rooms/{roomId}/state/{type}", r -> one(r, ""));
    routes.client(
        "GET", "/rooms/{roomId}/state/{type}/{stateKey}", r -> one(r, r.path("stateKey")));
    routes.client("GET", "/rooms/{roomId}/members", this::members);
    routes.client("GET", "/rooms/{roomId}/joined_members", this::joinedMembers);
    routes.client("GET", "/joined_rooms", this::joinedRooms);
  }

  private Answer all(Request request) {
    ArrayNode state = Json.array();
    for (Event event : events.stateAt(request.path("roomId"), end(request))) {
      state.add(clientEvents.withRoomId(event, request.session()));
    }
    return Answer.ok(state);
  }

  private Answer one(Request request, String stateKey) {
    Event event =
        events
            .stateAt(request.path("roomId"), request.path("type"), stateKey, end(request))
            .orElseThrow(() -> MatrixException.notFound("Event not found."));
    return Answer.ok(
        request.query("format").orElse("content").equals("event")
            ? clientEvents.withRoomId(event, request.session())
            : event.content());
  }

  private Answer members(Request request) {
    long position =
        request
            .query("at")
            .map(TimelineToken::parse)
            .map(t -> Math.min(t, end(request)))
            .orElseGet(() -> end(request));
    ObjectNode answer = Json.object();
    ArrayNode chunk = answer.putArray("chunk");
    for (Event event : events.stateAt(request.path("roomId"), position)) {
      boolean wanted =
          event.type().equals(EventType.MEMBER)
              && request.query("membership").map(event.membership()::equals).orElse(true)
              && !request.query("not_membership").map(event.membership()::equals).orElse(false);
      if (wanted) {
        chunk.add(clientEvents.withRoomId(event, request.session()));
      }
    }
    return Answer.ok(answer);
  }

  private Answer joinedMembers(Request request) {
    String roomId = request.path("roomId");
    if (!memberships.isJoined(request.session().userId(), roomId)) {
      throw MatrixException.forbidden("You are not in room " + roomId);
    }
    ObjectNode answer = Json.object();
    ObjectNode joined = answer.putObject("joined");
    for (String userId : memberships.members(roomId, Memberships.JOIN)) {
      ObjectNode member = joined.putObject(userId);
      events
          .state(roomId, EventType.MEMBER, userId)
          .ifPresent(
              event -> {
                member.set("display_name", event.content().path("displayname").deepCopy());
                member.set("avatar_url", event.content().path("avatar_url").deepCopy());
              });
    }
    return Answer.ok(answer);
  }

  private Answer joinedRooms(Request request) {
    ObjectNode answer = Json.object();
    ArrayNode rooms = answer.putArray("joined_rooms");
    memberships.joinedRooms(request.session().userId()).forEach(rooms::add);
    return Answer.ok(answer);
  }

  private long end(Request request) {
    return visibility.stateEnd(request.path("roomId"), request.session().userId());
  }
}
