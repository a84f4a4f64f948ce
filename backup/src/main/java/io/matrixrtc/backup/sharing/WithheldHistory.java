package io.matrixrtc.backup.sharing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import java.util.Optional;

/**
 * A note that a room key is kept from those who join later. Shown as "history not shared".
 *
 * @param id the key
 * @param senderKey the identity key of the device that is said to own it
 * @param fromDevice the device that says so, if told
 */
public record WithheldHistory(RoomKeyId id, String senderKey, Optional<String> fromDevice) {
  private static final String CODE = "m.history_not_shared";
  private static final String UNSTABLE_CODE = "io.element.msc4268.history_not_shared";
  private static final String REASON = "The sender disabled sharing encrypted history.";

  /** Reads a note; empty if it is malformed or says something else. */
  public static Optional<WithheldHistory> parse(JsonNode json) {
    String code = json.path("code").asText();
    String roomId = json.path("room_id").asText();
    String sessionId = json.path("session_id").asText();
    if (!(code.equals(CODE) || code.equals(UNSTABLE_CODE)) // BUNDLE-CODE
        || !isId(roomId)
        || !isId(sessionId)) {
      return Optional.empty();
    }
    return Optional.of(
        new WithheldHistory(
            new RoomKeyId(roomId, sessionId),
            json.path("sender_key").asText(),
            Optional.ofNullable(json.path("from_device").textValue())));
  }

  private static boolean isId(String text) {
    return !text.isEmpty() && text.length() <= RoomKeyId.MAX_CHARS;
  }

  /** Returns the note as it is written. */
  public ObjectNode toJson() {
    ObjectNode json =
        Json.newObject()
            .put("algorithm", ExportedRoomKey.ALGORITHM)
            .put("code", CODE)
            .put("reason", REASON)
            .put("room_id", id.roomId())
            .put("session_id", id.sessionId())
            .put("sender_key", senderKey);
    fromDevice.ifPresent(device -> json.put("from_device", device));
    return json;
  }
}
