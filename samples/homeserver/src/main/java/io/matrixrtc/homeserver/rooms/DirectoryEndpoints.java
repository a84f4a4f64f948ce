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

/** Looks up, sets and deletes aliases of rooms. */
final class DirectoryEndpoints implements Endpoints {
  private final Aliases aliases;
  private final Memberships memberships;
  private final String serverName;

  DirectoryEndpoints(Aliases aliases, Memberships memberships, String serverName) {
    this.aliases = aliases;
    this.memberships = memberships;
    this.serverName = serverName;
  }

  @Override
  public void addTo(Routes routes) {
    String path = "/directory/room/{alias}";
    routes.client("GET", path, Route.Access.PUBLIC, null, this::find);
    routes.client("PUT", path, this::put);
    routes.client("DELETE", path, this::delete);
    routes.client("GET", "/rooms/{roomId}/aliases", this::ofRoom);
  }

  private Answer find(Request request) {
    ObjectNode answer = Json.object().put("room_id", aliases.room(alias(request)));
    answer.putArray("servers").add(serverName);
    return Answer.ok(answer);
  }

  private Answer put(Request request) {
    String roomId = request.fields().string("room_id");
    requireJoined(request, roomId);
    aliases.add(alias(request), roomId, request.session().userId());
    return Answer.ok();
  }

  private Answer delete(Request request) {
    aliases.remove(alias(request), request.session().userId());
    return Answer.ok();
  }

  private Answer ofRoom(Request request) {
    requireJoined(request, request.path("roomId"));
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("aliases");
    aliases.of(request.path("roomId")).forEach(list::add);
    return Answer.ok(answer);
  }

  private void requireJoined(Request request, String roomId) {
    if (!memberships.isJoined(request.session().userId(), roomId)) {
      throw MatrixException.forbidden("You are not in room " + roomId);
    }
  }

  private String alias(Request request) {
    String alias = request.path("alias");
    if (!alias.startsWith("#") || !alias.endsWith(":" + serverName)) {
      throw MatrixException.invalidParam("Not an alias of this server: " + alias);
    }
    return alias;
  }
}
