package io.matrixrtc.homeserver.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.StateThread;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The endpoints of key backup, also under the unstable prefix that old clients use. */
public final class BackupEndpoints implements Endpoints {
  private static final String UNSTABLE = "/_matrix/client/unstable";
  private static final String VERSION = "/room_keys/version";
  private static final String KEYS = "/room_keys/keys";

  private final Backups backups;
  private final StateThread state;

  public BackupEndpoints(
      Foundation foundation, StateThread state, BackupSemantics semantics, BackupControl control) {
    this.backups = new Backups(foundation.storage(), semantics, control);
    this.state = state;
  }

  @Override
  public void addTo(Routes routes) {
    add(routes, "POST", VERSION, this::create);
    add(routes, "GET", VERSION, r -> info(r, Optional.empty()));
    String one = VERSION + "/{version}";
    add(routes, "GET", one, r -> info(r, Optional.of(r.path("version"))));
    add(routes, "PUT", one, this::update);
    add(routes, "DELETE", one, this::delete);
    String room = KEYS + "/{roomId}";
    String session = room + "/{sessionId}";
    add(routes, "PUT", KEYS, r -> put(r, rooms(r.json())));
    add(routes, "PUT", room, r -> put(r, Map.of(r.path("roomId"), sessions(r.json()))));
    add(
        routes,
        "PUT",
        session,
        r -> put(r, Map.of(r.path("roomId"), Json.object().set(r.path("sessionId"), r.json()))));
    add(routes, "GET", KEYS, r -> stream(r, Optional.empty()));
    add(routes, "GET", room, r -> stream(r, Optional.of(r.path("roomId"))));
    add(routes, "GET", session, this::single);
    add(routes, "DELETE", KEYS, r -> remove(r, Optional.empty(), Optional.empty()));
    add(routes, "DELETE", room, r -> remove(r, Optional.of(r.path("roomId")), Optional.empty()));
    add(
        routes,
        "DELETE",
        session,
        r -> remove(r, Optional.of(r.path("roomId")), Optional.of(r.path("sessionId"))));
  }

  private static void add(Routes routes, String method, String path, Route.Handler handler) {
    routes.client(method, path, Route.Access.REQUIRED, RateClass.BACKUP, handler);
    routes.add(
        new Route(
            method,
            UNSTABLE + path,
            Route.Access.REQUIRED,
            Optional.of(RateClass.BACKUP),
            handler));
  }

  private Answer create(Request request) {
    Fields body = request.fields();
    return Answer.ok(
        Json.object()
            .put(
                "version",
                backups.create(
                    request.session().userId(),
                    body.string("algorithm"),
                    body.required("auth_data"))));
  }

  private Answer info(Request request, Optional<String> version) {
    return Answer.ok(backups.info(request.session().userId(), version));
  }

  private Answer update(Request request) {
    Fields body = request.fields();
    backups.update(
        request.session().userId(),
        request.path("version"),
        body.optionalString("version"),
        body.string("algorithm"),
        body.required("auth_data"));
    return Answer.ok();
  }

  private Answer delete(Request request) {
    backups.delete(request.session().userId(), request.path("version"));
    return Answer.ok();
  }

  private Answer put(Request request, Map<String, JsonNode> rooms) {
    return Answer.ok(backups.put(request.session().userId(), version(request), rooms));
  }

  private Answer remove(Request request, Optional<String> roomId, Optional<String> sessionId) {
    return Answer.ok(
        backups.remove(request.session().userId(), version(request), roomId, sessionId));
  }

  private Answer single(Request request) {
    return backups
        .entries(request.session().userId(), version(request))
        .entry(request.path("roomId"), request.path("sessionId"))
        .map(entry -> Answer.ok(Json.parse(entry.json().getBytes(StandardCharsets.UTF_8))))
        .orElseThrow(() -> MatrixException.notFound("No room_keys found"));
  }

  private Answer stream(Request request, Optional<String> roomId) {
    String userId = request.session().userId();
    String version = version(request);
    EntrySource source = backups.entries(userId, version);
    boolean stored = backups.isStored(userId, version);
    return new Answer.Stream(
        200,
        Map.of(),
        BackupBody.of(
            source,
            roomId,
            piece ->
                stored
                    ? state.submit(
                        () -> {
                          // A version that is deleted meanwhile must not look complete.
                          backups.entries(userId, version);
                          return piece.get();
                        })
                    : CompletableFuture.supplyAsync(piece)));
  }

  private static String version(Request request) {
    return request.query("version").orElseThrow(() -> MatrixException.missing("version"));
  }

  private static Map<String, JsonNode> rooms(ObjectNode body) {
    Map<String, JsonNode> rooms = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> room : new Fields(body).required("rooms").properties()) {
      rooms.put(room.getKey(), sessions(Fields.of(room.getValue(), room.getKey()).object()));
    }
    return rooms;
  }

  private static JsonNode sessions(ObjectNode room) {
    return new Fields(room).required("sessions");
  }
}
