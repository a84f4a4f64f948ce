package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/**
 * What a homeserver would refuse for its size is refused before it goes out. Matrix specification,
 * "Size limits".
 */
final class EventSize {
  /** Largest event, and largest content of a to-device message, in bytes of JSON. */
  static final int MAX_BYTES = 65_536;

  /** Largest body of a to-device request, in bytes of JSON: as the Olm machine makes them. */
  static final int MAX_REQUEST_BYTES = 262_144;

  private EventSize() {}

  /** SIZE-EVENT: of a room event, as far as it is known here; the homeserver adds some more. */
  static Optional<ApiFailure> ofEvent(
      String roomId, String type, String stateKey, ObjectNode content) {
    for (String id : new String[] {roomId, type, stateKey}) {
      if (MatrixIds.bytes(id) > MatrixIds.MAX_BYTES) {
        return Optional.of(
            new ApiFailure.TooLarge(
                "an id, type or state key", MatrixIds.bytes(id), MatrixIds.MAX_BYTES));
      }
    }
    int bytes =
        MatrixIds.bytes(content.toString())
            + MatrixIds.bytes(roomId)
            + MatrixIds.bytes(type)
            + MatrixIds.bytes(stateKey);
    return tooLarge("an event of type " + type, bytes);
  }

  /** SIZE-TO-DEVICE: of a body with messages by user and device, each message and the whole. */
  static Optional<ApiFailure> ofToDevice(ObjectNode body) {
    for (Map.Entry<String, JsonNode> user : body.path("messages").properties()) {
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        int bytes = MatrixIds.bytes(device.getValue().toString());
        Optional<ApiFailure> problem = tooLarge("a to-device message", bytes);
        if (problem.isPresent()) {
          return problem;
        }
      }
    }
    int bytes = MatrixIds.bytes(body.toString());
    return tooLarge("a request of to-device messages", bytes, MAX_REQUEST_BYTES);
  }

  private static Optional<ApiFailure> tooLarge(String what, int bytes) {
    return tooLarge(what, bytes, MAX_BYTES);
  }

  private static Optional<ApiFailure> tooLarge(String what, int bytes, int limit) {
    return bytes > limit
        ? Optional.of(new ApiFailure.TooLarge(what, bytes, limit))
        : Optional.empty();
  }
}
