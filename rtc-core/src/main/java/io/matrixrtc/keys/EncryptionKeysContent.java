package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The content (KT-FORM, KT-TOLERANT) of {@code io.element.call.encryption_keys} as a to-device
 * message: how Element Call writes it, and the variations that are read.
 *
 * @param roomId the room it is for
 * @param claimedDevice the device that it says it is from; empty in formats that name none
 * @param memberId the sender's member id; empty if absent
 * @param entry the key, unchecked
 * @param sentAt when it was sent, if it says so
 */
record EncryptionKeysContent(
    String roomId,
    Optional<String> claimedDevice,
    Optional<String> memberId,
    KeyEntry entry,
    Optional<Instant> sentAt) {
  static final String TYPE = "io.element.call.encryption_keys";

  /** A field is missing or has the wrong form. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;
    final String field;

    Malformed(String field) {
      super(field, null, false, false);
      this.field = field;
    }
  }

  /** Writes the content for one key; the same for every recipient. */
  static ObjectNode write(
      MediaKey key, KeyIndex index, CallContext context, String memberId, Instant now) {
    byte[] material = key.copyMaterial();
    try {
      ObjectNode content = JsonNodeFactory.instance.objectNode();
      content
          .putObject("keys")
          .put("index", index.value())
          .put("key", Base64.getEncoder().encodeToString(material));
      content
          .putObject("member")
          .put("id", memberId)
          .put("claimed_device_id", context.own().deviceId());
      content.put("room_id", context.roomId());
      content
          .putObject("session")
          .put("application", "m.call")
          .put("call_id", "")
          .put("scope", "m.room");
      content.put("sent_ts", now.toEpochMilli());
      return content;
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  static EncryptionKeysContent parse(ObjectNode content) throws Malformed {
    JsonNode keys = content.path("keys");
    JsonNode entry = keys.isArray() && keys.size() == 1 ? keys.get(0) : keys;
    if (!entry.isObject()) {
      throw new Malformed("keys");
    }
    JsonNode member = content.path("member");
    JsonNode roomId = content.has("room_id") ? content.get("room_id") : content.path("roomId");
    JsonNode index = entry.path("index");
    if (index.isMissingNode()) {
      throw new Malformed("keys.index");
    }
    return new EncryptionKeysContent(
        text(roomId, "room_id"),
        Optional.of(text(member.path("claimed_device_id"), "member.claimed_device_id")),
        member.path("id").isTextual()
            ? Optional.of(member.get("id").textValue())
            : Optional.empty(),
        new KeyEntry(index, text(entry.path("key"), "keys.key")),
        sentAt(content.path("sent_ts")));
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "EncryptionKeysContent[room " + roomId + ", device " + claimedDevice + "]";
  }

  static String text(JsonNode node, String field) throws Malformed {
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw new Malformed(field);
    }
    return node.textValue();
  }

  static Optional<Instant> sentAt(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong()
        ? Optional.of(Instant.ofEpochMilli(node.longValue()))
        : Optional.empty();
  }
}
