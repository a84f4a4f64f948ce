package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Transactions;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import java.util.Optional;

/** Send message events and state events, now or with a delay; redact. */
final class SendEndpoints implements Endpoints {
  /** The query that makes an event a delayed one, in the form that deployed servers have. */
  private static final String DELAY = "org.matrix.msc4140.delay";

  private final Rooms rooms;
  private final Transactions transactions;
  private final StickyEvents sticky;
  private final Postponement later;

  SendEndpoints(Rooms rooms, Transactions transactions, StickyEvents sticky, Postponement later) {
    this.rooms = rooms;
    this.transactions = transactions;
    this.sticky = sticky;
    this.later = later;
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
    return transactions.once(
        request,
        () ->
            nowOrLater(
                request,
                EventDraft.message(
                        request.path("roomId"),
                        request.session().userId(),
                        request.path("type"),
                        request.json())
                    .by(request.session().deviceId(), request.path("txnId"))));
  }

  private Answer state(Request request, String stateKey) {
    return Answer.ok(
        nowOrLater(
            request,
            EventDraft.state(
                request.path("roomId"),
                request.session().userId(),
                request.path("type"),
                stateKey,
                request.json())));
  }

  private ObjectNode nowOrLater(Request request, EventDraft draft) {
    EventDraft event = draft.sticky(sticky.duration(request).orElse(null));
    Optional<Long> delay = request.queryNumber(DELAY);
    if (delay.isEmpty()) {
      return sent(rooms.deliver(event));
    }
    if (delay.get() == 0) {
      throw MatrixException.invalidParam(DELAY + " must be above zero.");
    }
    return Json.object().put("delay_id", later.postpone(event, delay.get()));
  }

  private Answer redact(Request request) {
    return transactions.once(
        request,
        () -> {
          ObjectNode content = request.jsonOrEmpty();
          content.put("redacts", request.path("eventId"));
          return sent(
              rooms.deliver(
                  EventDraft.message(
                          request.path("roomId"),
                          request.session().userId(),
                          EventType.REDACTION,
                          content)
                      .by(request.session().deviceId(), request.path("txnId"))));
        });
  }

  private static ObjectNode sent(Event event) {
    return Json.object().put("event_id", event.eventId());
  }
}
