package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Transactions;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;

/** Send message events and state events, redact. */
public final class SendEndpoints implements Endpoints {
  private final Rooms rooms;
  private final Events events;
  private final Transactions transactions;

  public SendEndpoints(Rooms rooms, Events events, Transactions transactions) {
    this.rooms = rooms;
    this.events = events;
    this.transactions = transactions;
  }

  @Override
  public void addTo(Routes routes) {
    Route.Access token = Route.Access.REQUIRED;
    routes.client(
        "PUT", "/rooms/{roomId}/send/{type}/{txnId}", token, RateClass.MESSAGES, this::send);
    routes.client(
        "PUT", "/rooms/{roomId}/state/{type}", token, RateClass.MESSAGES, r -> state(r, ""));
    routes.client(
        "PUT",
        "/rooms/{roomId}/state/{type}/{stateKey}",
        token,
        RateClass.MESSAGES,
        r -> state(r, r.path("stateKey")));
    routes.client(
        "PUT", "/rooms/{roomId}/redact/{eventId}/{txnId}", token, RateClass.MESSAGES, this::redact);
  }

  private Answer send(Request request) {
    refuseDelay(request);
    return transactions.once(
        request,
        () -> {
          ObjectNode content = request.json();
          EventDraft draft =
              EventDraft.message(
                      request.path("roomId"),
                      request.session().userId(),
                      request.path("type"),
                      content)
                  .by(request.session().deviceId(), request.path("txnId"));
          return sent(
              draft.type().equals(EventType.REDACTION)
                  ? redact(draft, new Fields(content).string("redacts"))
                  : rooms.send(draft));
        });
  }

  private Answer state(Request request, String stateKey) {
    refuseDelay(request);
    return Answer.ok(
        sent(
            rooms.send(
                EventDraft.state(
                    request.path("roomId"),
                    request.session().userId(),
                    request.path("type"),
                    stateKey,
                    request.json()))));
  }

  private Answer redact(Request request) {
    return transactions.once(
        request,
        () -> {
          ObjectNode content = request.jsonOrEmpty();
          String target = request.path("eventId");
          content.put("redacts", target);
          EventDraft draft =
              EventDraft.message(
                      request.path("roomId"),
                      request.session().userId(),
                      EventType.REDACTION,
                      content)
                  .by(request.session().deviceId(), request.path("txnId"));
          return sent(redact(draft, target));
        });
  }

  private Event redact(EventDraft draft, String eventId) {
    Event target =
        events
            .byId(eventId)
            .filter(event -> event.roomId().equals(draft.roomId()))
            .orElseThrow(() -> MatrixException.notFound("Event not found"));
    return rooms.redact(draft.redacting(eventId), target);
  }

  // HS-DELAY-OFF: an event that was meant for later must not go out now.
  private static void refuseDelay(Request request) {
    if (request.query("org.matrix.msc4140.delay").isPresent()) {
      throw MatrixException.forbidden("Delayed events are not offered");
    }
  }

  private static ObjectNode sent(Event event) {
    return Json.object().put("event_id", event.eventId());
  }
}
