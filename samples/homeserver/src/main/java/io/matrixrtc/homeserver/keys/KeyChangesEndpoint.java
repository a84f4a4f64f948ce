package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.stream.StreamKind;
import io.matrixrtc.homeserver.stream.StreamToken;

/** The device lists that changed between two syncs. The {@code to} token is ignored. */
final class KeyChangesEndpoint implements Endpoints {
  private final DeviceListDelta delta;

  KeyChangesEndpoint(DeviceListDelta delta) {
    this.delta = delta;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/keys/changes", this::changes);
  }

  private Answer changes(Request request) {
    StreamToken from =
        request
            .query("from")
            .map(StreamToken::parse)
            .orElseThrow(() -> MatrixException.missing("from"));
    DeviceListDelta.Delta found =
        delta.since(
            request.session().userId(),
            from.position(StreamKind.DEVICE_LISTS),
            from.position(StreamKind.ROOMS));
    ObjectNode answer = Json.object();
    found.changed().forEach(answer.putArray("changed")::add);
    found.left().forEach(answer.putArray("left")::add);
    return Answer.ok(answer);
  }
}
