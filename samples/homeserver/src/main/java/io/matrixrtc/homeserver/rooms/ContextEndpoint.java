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
import java.util.List;

/** An event with those around it, and the state after the last of them. */
final class ContextEndpoint implements Endpoints {
  private static final long DEFAULT_LIMIT = 10;

  private final Events events;
  private final Visibility visibility;
  private final ClientEvents clientEvents;

  ContextEndpoint(Events events, Visibility visibility, ClientEvents clientEvents) {
    this.events = events;
    this.visibility = visibility;
    this.clientEvents = clientEvents;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/rooms/{roomId}/context/{eventId}", this::context);
  }

  private Answer context(Request request) {
    String roomId = request.path("roomId");
    Visibility.View view = visibility.of(roomId, request.session().userId());
    Event event =
        visibility
            .event(roomId, request.path("eventId"), request.session().userId())
            .orElseThrow(() -> MatrixException.notFound("Event not found."));
    long limit =
        Math.min(TimelineEndpoints.MAX_LIMIT, request.queryNumber("limit").orElse(DEFAULT_LIMIT));
    // Half of them on each side; the odd one comes before.
    int beforeLimit = (int) ((limit + 1) / 2);
    int afterLimit = (int) (limit / 2);
    List<Event> before = events.newestUpTo(roomId, 0, event.position() - 1, beforeLimit);
    List<Event> after =
        events.oldestAfter(roomId, event.position(), Long.MAX_VALUE - 1, afterLimit);
    long first = before.isEmpty() ? event.position() : before.get(before.size() - 1).position();
    long last = after.isEmpty() ? event.position() : after.get(after.size() - 1).position();

    ObjectNode answer = Json.object().put("start", TimelineToken.of(first - 1));
    answer.put("end", TimelineToken.of(last));
    answer.set("event", clientEvents.withRoomId(event, request.session()));
    write(request, view, before, answer.putArray("events_before"));
    write(request, view, after, answer.putArray("events_after"));
    write(request, view, events.stateAt(roomId, last), answer.putArray("state"));
    return Answer.ok(answer);
  }

  private void write(Request request, Visibility.View view, List<Event> found, ArrayNode array) {
    for (Event event : found) {
      if (view.sees(event)) {
        array.add(clientEvents.withRoomId(event, request.session()));
      }
    }
  }
}
