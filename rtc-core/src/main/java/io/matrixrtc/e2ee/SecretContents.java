package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Secrets in to-device events that the machine keeps for itself: the app sees them blanked. */
final class SecretContents {
  private static final Map<String, String> SECRET_MEMBER =
      Map.of(
          "m.room_key",
          "session_key",
          "m.forwarded_room_key",
          "session_key",
          SecretMail.SEND,
          "secret",
          SecretMail.UNSTABLE_PUSH,
          "secret",
          SecretMail.PUSH,
          "secret");

  private SecretContents() {}

  /** Returns {@code payload}, in which it replaces the secret of such an event by no text. */
  static ObjectNode blanked(String type, ObjectNode payload) {
    String secret = SECRET_MEMBER.get(type);
    if (secret != null && payload.path("content") instanceof ObjectNode content) {
      content.put(secret, "");
    }
    return payload;
  }
}
