package io.matrixrtc.homeserver.rtc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import java.util.Optional;

/**
 * HS-RTC-TRANSPORTS: names the transports, as {@code rtc_transports} on the unstable path and as
 * {@code transports} on the stable one. None configured is an empty object, as in Synapse.
 */
public final class TransportEndpoints implements Endpoints {
  private final RtcTransports transports;

  public TransportEndpoints(RtcTransports transports) {
    this.transports = transports;
  }

  @Override
  public void addTo(Routes routes) {
    add(routes, "/_matrix/client/unstable/org.matrix.msc4143/rtc/transports", "rtc_transports");
    add(routes, "/_matrix/client/v1/rtc/transports", "transports");
  }

  private void add(Routes routes, String path, String name) {
    routes.add(new Route("GET", path, Route.Access.REQUIRED, Optional.empty(), r -> answer(name)));
  }

  private Answer answer(String name) {
    // A server without the feature does not know the path.
    if (!transports.endpoint()) {
      throw new MatrixException(ErrorCode.M_UNRECOGNIZED, "Unrecognized request");
    }
    ObjectNode answer = Json.object();
    if (!transports.transports().isEmpty()) {
      answer.set(name, transports.json());
    }
    return Answer.ok(answer);
  }
}
