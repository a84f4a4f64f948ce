package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import java.util.List;

/** No rules at all: nothing is pushed. matrix-js-sdk does not sync before it has got them. */
public final class PushRulesEndpoint implements Endpoints {
  private static final List<String> KINDS =
      List.of("override", "underride", "content", "room", "sender");

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/pushrules/", PushRulesEndpoint::all);
  }

  private static Answer all(Request request) {
    ObjectNode answer = Json.object();
    ObjectNode global = answer.putObject("global");
    KINDS.forEach(global::putArray);
    return Answer.ok(answer);
  }
}
