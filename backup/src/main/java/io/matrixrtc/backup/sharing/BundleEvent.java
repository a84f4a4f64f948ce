package io.matrixrtc.backup.sharing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.sharing.BundleException.Reason;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;

/**
 * The to-device message that tells an invited device of a bundle. Sent over Olm only, to devices
 * that their owner cross-signed only.
 *
 * @param roomId the room
 * @param file where the bundle is, and what opens it; a secret
 */
public record BundleEvent(String roomId, EncryptedFile file) {
  /** The type that is written. */
  public static final String TYPE = "m.room_key_bundle";

  /** The type before MSC4268 was merged, which is read as well. */
  public static final String UNSTABLE_TYPE = "io.element.msc4268.room_key_bundle";

  /** Whether an event of this type is one (BUNDLE-TYPE). */
  public static boolean isType(String type) {
    return type.equals(TYPE) || type.equals(UNSTABLE_TYPE);
  }

  /**
   * Reads the content of an event.
   *
   * @throws BundleException if it is malformed
   */
  public static BundleEvent parse(JsonNode content) throws BundleException {
    String roomId = content.path("room_id").asText();
    if (roomId.isEmpty() || roomId.length() > RoomKeyId.MAX_CHARS) {
      throw new BundleException(Reason.MALFORMED);
    }
    return new BundleEvent(roomId, EncryptedFile.parse(content.path("file")));
  }

  /** Returns the content. As secret as the bundle. */
  public ObjectNode toJson() {
    ObjectNode content = Json.newObject().put("room_id", roomId);
    content.set("file", file.toJson());
    return content;
  }
}
