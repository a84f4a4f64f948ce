package io.matrixrtc.homeserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.Routes;

/**
 * What clients ask for and this server does not have: presence, push, directories, search, TURN.
 * The answer says that there is none; nothing is kept.
 */
final class EmptyEndpoints implements Endpoints {

  @Override
  public void addTo(Routes routes) {
    nothing(routes, "GET", "/voip/turnServer");
    nothing(routes, "PUT", "/presence/{userId}/status");
    routes.client(
        "GET",
        "/presence/{userId}/status",
        r -> Answer.ok(Json.object().put("presence", "offline")));
    list(routes, "GET", "/pushers", "pushers");
    nothing(routes, "POST", "/pushers/set");
    list(routes, "GET", "/notifications", "notifications");
    nothing(routes, "GET", "/thirdparty/protocols");
    list(routes, "GET", "/account/3pid", "threepids");
    list(routes, "GET", "/publicRooms", "chunk");
    list(routes, "POST", "/publicRooms", "chunk");
    routes.client(
        "POST",
        "/user_directory/search",
        r -> {
          ObjectNode answer = Json.object().put("limited", false);
          answer.putArray("results");
          return Answer.ok(answer);
        });
    routes.client("POST", "/search", r -> Answer.ok(noSearchResults()));
  }

  private static void nothing(Routes routes, String method, String path) {
    routes.client(method, path, r -> Answer.ok());
  }

  private static void list(Routes routes, String method, String path, String member) {
    routes.client(
        method,
        path,
        r -> {
          ObjectNode answer = Json.object();
          answer.putArray(member);
          return Answer.ok(answer);
        });
  }

  private static ObjectNode noSearchResults() {
    ObjectNode answer = Json.object();
    ObjectNode events = answer.putObject("search_categories").putObject("room_events");
    events.put("count", 0).putArray("results");
    events.putArray("highlights");
    return answer;
  }
}
