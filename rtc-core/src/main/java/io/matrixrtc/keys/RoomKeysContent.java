package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.EncryptionKeysContent.Malformed;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The content of {@code io.element.call.encryption_keys} as a room event (RK-FORM): how clients up
 * to matrix-js-sdk 41 write it. The same type as the to-device message, another shape.
 *
 * @param claimedDevice the device that it says it is from
 * @param entries its keys, at most {@link #MAX_ENTRIES}, unchecked
 * @param sentAt when it was sent, if it says so
 */
record RoomKeysContent(String claimedDevice, List<KeyEntry> entries, Optional<Instant> sentAt) {
  static final String TYPE = EncryptionKeysContent.TYPE;

  /** As many keys of one event are read (RK-BOUND): a ring holds no more. */
  static final int MAX_ENTRIES = RemoteKeys.RING_KEYS;

  /** Writes the content for one key: unpadded base64, as the legacy manager did. */
  static ObjectNode write(MediaKey key, KeyIndex index, String deviceId, Instant now) {
    byte[] material = key.copyMaterial();
    try {
      ObjectNode content = JsonNodeFactory.instance.objectNode();
      content
          .putArray("keys")
          .addObject()
          .put("index", index.value())
          .put("key", Base64.getEncoder().withoutPadding().encodeToString(material));
      content.put("device_id", deviceId).put("call_id", "");
      content.put("sent_ts", now.toEpochMilli());
      return content;
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  /** Reads a content; an entry without an index and a key is left out, as upstream does (RK-3). */
  static RoomKeysContent parse(ObjectNode content) throws Malformed {
    if (!content.path("call_id").isTextual() || !content.path("call_id").textValue().isEmpty()) {
      throw new Malformed("call_id");
    }
    JsonNode keys = content.path("keys");
    if (!keys.isArray() || keys.isEmpty() || keys.size() > MAX_ENTRIES) {
      throw new Malformed("keys");
    }
    List<KeyEntry> entries = new ArrayList<>();
    for (JsonNode entry : keys) {
      JsonNode key = entry.path("key");
      if (entry.path("index").isNumber() && key.isTextual() && !key.textValue().isEmpty()) {
        entries.add(new KeyEntry(entry.get("index"), key.textValue()));
      }
    }
    if (entries.isEmpty()) {
      throw new Malformed("keys");
    }
    return new RoomKeysContent(
        EncryptionKeysContent.text(content.path("device_id"), "device_id"),
        List.copyOf(entries),
        EncryptionKeysContent.sentAt(content.path("sent_ts")));
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "RoomKeysContent[" + entries.size() + " keys]";
  }
}
