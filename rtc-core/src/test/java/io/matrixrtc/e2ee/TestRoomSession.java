package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;

/** A Megolm session of a sender in a room, which encrypts whatever a test wants. */
final class TestRoomSession {
  static final String MEGOLM = "m.megolm.v1.aes-sha2";

  final String roomId;
  final GroupSession session;

  TestRoomSession(String roomId, RandomSource random) {
    this.roomId = roomId;
    this.session = GroupSession.generate(SessionConfig.V1, random);
  }

  RoomKeyId id() {
    return new RoomKeyId(roomId, session.sessionId());
  }

  /** The content of {@code m.room_key}, readable from here on. */
  ObjectNode roomKey() {
    try (SessionKey key = session.sessionKey()) {
      return Json.newObject()
          .put("algorithm", MEGOLM)
          .put("room_id", roomId)
          .put("session_id", session.sessionId())
          .put("session_key", key.toBase64());
    }
  }

  static ObjectNode text(String body) {
    return Json.newObject().put("msgtype", "m.text").put("body", body);
  }

  ObjectNode payload(String body) {
    ObjectNode payload = Json.newObject().put("type", "m.room.message").put("room_id", roomId);
    payload.set("content", text(body));
    return payload;
  }

  ObjectNode event(String eventId, String sender, String body) throws Exception {
    return event(eventId, sender, Json.mapper().writeValueAsBytes(payload(body)));
  }

  ObjectNode event(String eventId, String sender, byte[] plaintext) {
    ObjectNode event =
        Json.newObject()
            .put("type", "m.room.encrypted")
            .put("event_id", eventId)
            .put("sender", sender)
            .put("room_id", roomId)
            .put("origin_server_ts", 1_700_000_000_000L);
    event
        .putObject("content")
        .put("algorithm", MEGOLM)
        .put("session_id", session.sessionId())
        .put("ciphertext", Base64Text.encode(session.encrypt(plaintext).encode()));
    return event;
  }
}
