package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.stream.TimelineToken;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.Optional;

/** Pages through the events that relate to one event. */
final class RelationEndpoints implements Endpoints {
  /** Steps that are followed if the client asks for indirect relations. */
  static final int MAX_DEPTH = 3;

  private final Relations relations;
  private final Events events;
  private final Visibility visibility;
  private final ClientEvents clientEvents;

  RelationEndpoints(
      Relations relations, Events events, Visibility visibility, ClientEvents clientEvents) {
    this.relations = relations;
    this.events = events;
    this.visibility = visibility;
    this.clientEvents = clientEvents;
  }

  @Override
  public void addTo(Routes routes) {
    String base = "/_matrix/client/v1/rooms/{roomId}/relations/{eventId}";
    add(routes, base, r -> page(r, Optional.empty(), Optional.empty()));
    add(routes, base + "/{rel}", r -> page(r, Optional.of(r.path("rel")), Optional.empty()));
    add(
        routes,
        base + "/{rel}/{type}",
        r -> page(r, Optional.of(r.path("rel")), Optional.of(r.path("type"))));
  }

  private static void add(Routes routes, String path, Route.Handler handler) {
    routes.add(new Route("GET", path, Route.Access.REQUIRED, Optional.empty(), handler));
  }

  private Answer page(Request request, Optional<String> rel, Optional<String> type) {
    String roomId = request.path("roomId");
    String viewer = request.session().userId();
    Visibility.View view = visibility.of(roomId, viewer);
    Event target =
        visibility
            .event(roomId, request.path("eventId"), viewer)
            .orElseThrow(() -> MatrixException.notFound("Event not found."));
    boolean back = !request.query("dir").orElse("b").equals("f");
    int limit =
        (int) Math.min(TimelineEndpoints.MAX_LIMIT, request.queryNumber("limit").orElse(50L));
    long from =
        request.query("from").map(TimelineToken::parse).orElse(back ? Long.MAX_VALUE - 1 : 0L);

    NavigableSet<Long> all =
        relations.of(events, target, request.queryFlag("recurse") ? MAX_DEPTH : 1);
    Iterator<Long> positions =
        (back ? all.headSet(from, true).descendingSet() : all.tailSet(from, false)).iterator();
    ObjectNode answer = Json.object();
    ArrayNode chunk = answer.putArray("chunk");
    long at = from;
    while (positions.hasNext() && chunk.size() < limit) {
      long position = positions.next();
      at = back ? position - 1 : position;
      events
          .at(roomId, position)
          .filter(event -> Relations.target(event).isPresent())
          .filter(event -> rel.isEmpty() || rel.equals(Relations.type(event)))
          .filter(event -> type.isEmpty() || type.get().equals(event.type()))
          .filter(view::sees)
          .ifPresent(event -> chunk.add(clientEvents.withRoomId(event, request.session())));
    }
    if (positions.hasNext()) {
      answer.put("next_batch", TimelineToken.of(at));
    }
    return Answer.ok(answer);
  }
}
