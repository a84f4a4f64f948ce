package io.matrixrtc.homeserver.delayed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import io.matrixrtc.homeserver.rooms.EventDraft;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Schedules, manages and lists delayed events: the unstable endpoints of deployed servers and the
 * stable ones of the merged proposal. Managing takes no token, since the id is a secret.
 */
public final class DelayedEventEndpoints implements Endpoints {
  private static final String UNSTABLE = "/_matrix/client/unstable/org.matrix.msc4140";
  private static final String STABLE = "/_matrix/client/v1";
  private static final String SCHEDULE = "/rooms/{roomId}/delayed_event/{type}/{txnId}";
  private static final List<String> ACTIONS = List.of("cancel", "restart", "send");

  private final DelayedEvents delayed;
  private final Transactions transactions;
  private final StickyEvents sticky;

  public DelayedEventEndpoints(
      DelayedEvents delayed, Transactions transactions, StickyEvents sticky) {
    this.delayed = delayed;
    this.transactions = transactions;
    this.sticky = sticky;
  }

  @Override
  public void addTo(Routes routes) {
    Route.Access token = Route.Access.REQUIRED;
    RateClass sending = RateClass.MESSAGES;
    RateClass managing = RateClass.DELAYED_EVENTS;
    routes.client("PUT", SCHEDULE, token, sending, r -> schedule(r, true));
    add(routes, "PUT", STABLE + SCHEDULE, token, sending, r -> schedule(r, true));
    add(routes, "PUT", UNSTABLE + SCHEDULE, token, sending, r -> schedule(r, false));
    for (String base : List.of(UNSTABLE, STABLE)) {
      boolean stable = base.equals(STABLE);
      add(routes, "GET", base + "/delayed_events", token, managing, this::list);
      String one = base + "/delayed_events/{delayId}";
      add(routes, "GET", one, token, managing, r -> lookUp(r, stable));
      for (String action : ACTIONS) {
        add(
            routes,
            "POST",
            one + "/" + action,
            Route.Access.OPTIONAL,
            managing,
            r -> act(r.path("delayId"), action, stable));
      }
    }
    add(
        routes,
        "POST",
        UNSTABLE + "/delayed_events/{delayId}",
        Route.Access.OPTIONAL,
        managing,
        this::oldForm);
  }

  private static void add(
      Routes routes,
      String method,
      String path,
      Route.Access access,
      RateClass rate,
      Route.Handler handler) {
    routes.add(new Route(method, path, access, Optional.of(rate), handler));
  }

  private Answer schedule(Request request, boolean stable) {
    return transactions.once(
        request,
        () -> {
          ObjectNode body = request.json();
          long delay = delay(body.path("delay_ms"));
          JsonNode content = body.path("content");
          if (content.isMissingNode()) {
            throw MatrixException.missing("content");
          }
          if (!(content instanceof ObjectNode object)) {
            throw MatrixException.invalidParam("content must be an object.");
          }
          EventDraft draft =
              body.has("state_key")
                  ? EventDraft.state(
                      request.path("roomId"),
                      request.session().userId(),
                      request.path("type"),
                      stateKey(body.path("state_key")),
                      object)
                  : EventDraft.message(
                      request.path("roomId"),
                      request.session().userId(),
                      request.path("type"),
                      object);
          return Json.object()
              .put(
                  "delay_id",
                  delayed.schedule(
                      draft
                          .by(request.session().deviceId(), null)
                          .sticky(sticky.duration(request).orElse(null)),
                      delay,
                      stable));
        });
  }

  private static long delay(JsonNode delay) {
    if (delay.isMissingNode()) {
      throw MatrixException.missing("delay_ms");
    }
    if (!delay.isIntegralNumber() || !delay.canConvertToLong() || delay.longValue() < 1) {
      throw MatrixException.invalidParam("delay_ms must be a whole number above zero.");
    }
    return delay.longValue();
  }

  private static String stateKey(JsonNode key) {
    if (!key.isTextual()) {
      throw MatrixException.invalidParam("state_key must be a string.");
    }
    return key.textValue();
  }

  private Answer oldForm(Request request) {
    String action = new Fields(request.jsonOrEmpty()).string("action");
    if (!ACTIONS.contains(action)) {
      throw MatrixException.invalidParam("'action' is not one of " + ACTIONS);
    }
    return act(request.path("delayId"), action, false);
  }

  /**
   * HS-DELAY-404, HS-DELAY-CONFLICT: on an event that has ended, the unstable endpoints know it no
   * more; on the stable ones the action that agrees with its end succeeds again.
   */
  private Answer act(String delayId, String action, boolean stable) {
    DelayedEvent event = stable ? delayed.known(delayId) : delayed.scheduled(delayId);
    DelayedEvent.Outcome outcome = event.outcome();
    if (outcome != null) {
      boolean sent = outcome.eventId() != null;
      if (action.equals(sent ? "send" : "cancel")) {
        return Answer.ok();
      }
      throw DelayedEvents.conflict();
    }
    switch (action) {
      case "cancel" -> delayed.cancel(event);
      case "restart" -> delayed.restart(event);
      default -> delayed.send(event);
    }
    return Answer.ok();
  }

  private Answer lookUp(Request request, boolean stable) {
    String delayId = request.path("delayId");
    DelayedEvent event = stable ? delayed.known(delayId) : delayed.scheduled(delayId);
    if (!event.userId().equals(request.session().userId())) {
      throw MatrixException.notFound("Delayed event not found");
    }
    return Answer.ok(DelayedEvents.json(event));
  }

  private Answer list(Request request) {
    List<String> statuses = request.queryAll("status");
    for (String status : statuses) {
      if (!status.equals("scheduled") && !status.equals("finalised")) {
        throw MatrixException.invalidParam("status must be scheduled or finalised");
      }
    }
    List<String> wanted = request.queryAll("delay_id");
    String userId = request.session().userId();
    ObjectNode answer = Json.object();
    if (statuses.isEmpty() || statuses.contains("scheduled")) {
      write(answer, "scheduled", delayed.scheduledOf(userId), wanted);
    }
    if (statuses.isEmpty() || statuses.contains("finalised")) {
      write(answer, "finalised", delayed.endedOf(userId), wanted);
    }
    if (statuses.isEmpty()) {
      answer.set("delayed_events", answer.get("scheduled"));
    }
    return Answer.ok(answer);
  }

  private static void write(
      ObjectNode answer, String name, List<DelayedEvent> events, List<String> wanted) {
    ArrayNode list = answer.putArray(name);
    Stream<DelayedEvent> chosen =
        events.stream().filter(e -> wanted.isEmpty() || wanted.contains(e.delayId()));
    chosen.map(DelayedEvents::json).forEach(list::add);
  }
}
