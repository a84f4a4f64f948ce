package io.matrixrtc.homeserver.rtc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import java.util.Arrays;
import java.util.List;

/**
 * The transports that the server names to MatrixRTC clients, and where.
 *
 * @param transports each with a {@code type} and what belongs to that type, the preferred one first
 * @param endpoint whether there is an endpoint for them, as in newer servers
 * @param wellKnown whether the client well-known names them, as in older ones
 */
public record RtcTransports(List<ObjectNode> transports, boolean endpoint, boolean wellKnown) {

  public RtcTransports {
    transports = transports.stream().map(ObjectNode::deepCopy).toList();
    for (ObjectNode transport : transports) {
      if (!transport.path("type").isTextual()) {
        throw new IllegalArgumentException("rtc transport: want a type");
      }
    }
  }

  /** A server that knows nothing of MatrixRTC. */
  public static RtcTransports off() {
    return new RtcTransports(List.of(), false, false);
  }

  /** LiveKit SFUs behind these token services, named in both places. */
  public static RtcTransports livekit(String... serviceUrls) {
    return new RtcTransports(
        Arrays.stream(serviceUrls)
            .map(url -> Json.object().put("type", "livekit").put("livekit_service_url", url))
            .toList(),
        true,
        true);
  }

  /** The same transports, in these places only. */
  public RtcTransports in(boolean atEndpoint, boolean inWellKnown) {
    return new RtcTransports(transports, atEndpoint, inWellKnown);
  }

  /** As a JSON array. */
  public ArrayNode json() {
    ArrayNode array = Json.array();
    transports.forEach(array::add);
    return array;
  }
}
