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
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Pages through a room's events; single events. */
public final class TimelineEndpoints implements Endpoints {
  /** Events in one page at most. */
  static final int MAX_LIMIT = 1_000;

  private static final int DEFAULT_LIMIT = 10;

  private final Events events;
  private final Visibility visibility;
  private final ClientEvents clientEvents;

  public TimelineEndpoints(Events events, Visibility visibility, ClientEvents clientEvents) {
    this.events = events;
    this.visibility = visibility;
    this.clientEvents = clientEvents;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/rooms/{roomId}/messages", this::messages);
    routes.client("GET", "/rooms/{roomId}/event/{eventId}", this::event);
  }

  private Answer messages(Request request) {
    String roomId = request.path("roomId");
    visibility.stateEnd(roomId, request.session().userId());
    String direction = request.query("dir").orElseThrow(() -> MatrixException.missing("dir"));
    if (!direction.equals("b") && !direction.equals("f")) {
      throw MatrixException.invalidParam("dir must be b or f");
    }
    boolean back = direction.equals("b");
    long from =
        request.query("from").map(TimelineToken::parse).orElse(back ? Long.MAX_VALUE - 1 : 0L);
    int limit =
        (int) Math.min(MAX_LIMIT, request.queryNumber("limit").orElse((long) DEFAULT_LIMIT));
    EventFilter filter =
        request
            .query("filter")
            .map(text -> EventFilter.of(Json.parseObject(text.getBytes(StandardCharsets.UTF_8))))
            .orElse(EventFilter.NONE);
    return Answer.ok(page(request, back, from, limit, filter));
  }

  private ObjectNode page(Request request, boolean back, long from, int limit, EventFilter filter) {
    String roomId = request.path("roomId");
    Visibility.View view = visibility.of(roomId, request.session().userId());
    ObjectNode answer = Json.object().put("start", TimelineToken.of(from));
    ArrayNode chunk = answer.putArray("chunk");
    long at = from;
    boolean more = true;
    while (more && chunk.size() < limit) {
      List<Event> read =
          back
              ? events.newestUpTo(roomId, 0, at, limit)
              : events.oldestAfter(roomId, at, Long.MAX_VALUE - 1, limit);
      more = read.size() == limit;
      for (Event event : read) {
        if (chunk.size() == limit) {
          more = true;
          break;
        }
        at = back ? event.position() - 1 : event.position();
        if (view.sees(event) && filter.admits(event)) {
          chunk.add(clientEvents.withRoomId(event, request.session()));
        }
      }
    }
    if (more) {
      answer.put("end", TimelineToken.of(at));
    }
    answer.putArray("state");
    return answer;
  }

  private Answer event(Request request) {
    Event event =
        visibility
            .event(request.path("roomId"), request.path("eventId"), request.session().userId())
            .orElseThrow(() -> MatrixException.notFound("Event not found."));
    return Answer.ok(clientEvents.withRoomId(event, request.session()));
  }
}
