package io.matrixrtc.homeserver.ephemeral;

import io.matrixrtc.homeserver.accounts.AccountData;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.RoomArea;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Typing, receipts and read markers of the caller. */
public final class EphemeralEndpoints implements Endpoints {
  private static final String FULLY_READ = "m.fully_read";
  private static final List<String> RECEIPTS = List.of(Receipts.READ, Receipts.READ_PRIVATE);

  private final Typing typing;
  private final Receipts receipts;
  private final AccountData accountData;
  private final RoomArea rooms;

  public EphemeralEndpoints(
      Typing typing, Receipts receipts, AccountData accountData, RoomArea rooms) {
    this.typing = typing;
    this.receipts = receipts;
    this.accountData = accountData;
    this.rooms = rooms;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("PUT", "/rooms/{roomId}/typing/{userId}", this::type);
    routes.client("POST", "/rooms/{roomId}/receipt/{type}/{eventId}", this::receipt);
    routes.client("POST", "/rooms/{roomId}/read_markers", this::markers);
  }

  private Answer type(Request request) {
    String userId = request.session().userId();
    if (!userId.equals(request.path("userId"))) {
      throw MatrixException.forbidden("Cannot set the typing state of another user");
    }
    String roomId = joined(request);
    Fields body = request.fields();
    if (!body.object().path("typing").isBoolean()) {
      throw MatrixException.badJson("typing must be a boolean.");
    }
    if (body.flag("typing")) {
      long millis = body.object().path("timeout").asLong(30_000);
      typing.start(roomId, userId, Duration.ofMillis(Math.max(0, millis)));
    } else {
      typing.stop(roomId, userId);
    }
    return Answer.ok();
  }

  private Answer receipt(Request request) {
    String roomId = joined(request);
    String type = request.path("type");
    Event event = event(request, roomId, request.path("eventId"));
    if (type.equals(FULLY_READ)) {
      fullyRead(request, event);
    } else if (RECEIPTS.contains(type)) {
      Optional<String> thread = new Fields(request.jsonOrEmpty()).optionalString("thread_id");
      receipts.put(request.session().userId(), type, thread, event);
    } else {
      throw MatrixException.invalidParam("No such type of receipt: " + type);
    }
    return Answer.ok();
  }

  private Answer markers(Request request) {
    String roomId = joined(request);
    Fields body = request.fields();
    body.optionalString(FULLY_READ).ifPresent(id -> fullyRead(request, event(request, roomId, id)));
    for (String type : RECEIPTS) {
      body.optionalString(type)
          .map(id -> event(request, roomId, id))
          .ifPresent(e -> receipts.put(request.session().userId(), type, Optional.empty(), e));
    }
    return Answer.ok();
  }

  private void fullyRead(Request request, Event event) {
    accountData.put(
        request.session().userId(),
        event.roomId(),
        FULLY_READ,
        Json.object().put("event_id", event.eventId()));
  }

  private Event event(Request request, String roomId, String eventId) {
    return rooms
        .visibility()
        .event(roomId, eventId, request.session().userId())
        .orElseThrow(() -> MatrixException.notFound("Event not found."));
  }

  private String joined(Request request) {
    String roomId = request.path("roomId");
    if (!rooms.memberships().isJoined(request.session().userId(), roomId)) {
      throw MatrixException.forbidden("You are not in room " + roomId);
    }
    return roomId;
  }
}
