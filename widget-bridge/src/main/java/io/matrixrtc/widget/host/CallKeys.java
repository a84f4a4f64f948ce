package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** The to-device messages that carry media keys of calls, deployed and drafted. */
final class CallKeys {
  private static final Set<String> TYPES =
      Set.of(
          "io.element.call.encryption_keys",
          "org.matrix.msc4143.rtc.encryption_key",
          "m.rtc.encryption_key");

  private CallKeys() {}

  static boolean isCallKey(String type) {
    return TYPES.contains(type);
  }

  /** The device that the content says it is from. */
  static Optional<String> claimedDevice(ObjectNode content) {
    return Optional.ofNullable(content.path("member").path("claimed_device_id").textValue());
  }

  /** The room that the content says it is for. */
  static Optional<String> room(ObjectNode content) {
    return Optional.ofNullable(content.path("room_id").textValue());
  }
}
