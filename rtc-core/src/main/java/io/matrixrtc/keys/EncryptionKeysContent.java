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
import org.jspecify.annotations.Nullable;

/**
 * The content (KT-FORM, KT-TOLERANT) of {@code io.element.call.encryption_keys} as a to-device
 * message: how Element Call writes it, and the variations that are read.
 *
 * @param roomId the room it is for
 * @param claimedDevice the device that it says it is from
 * @param memberId the sender's member id; empty if absent
 * @param index the node with the index, unchecked
 * @param key the key in base64, unchecked
 * @param sentAt when it was sent, if it says so
 */
record EncryptionKeysContent(
    String roomId,
    String claimedDevice,
    Optional<String> memberId,
    JsonNode index,
    String key,
    Optional<Instant> sentAt) {
  static final String TYPE = "io.element.call.encryption_keys";

  /** The base64 text of the longest key, padded, with room for nothing more. */
  private static final int MAX_KEY_CHARS = (MediaKey.MAX_BYTES + 2) / 3 * 4;

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
        text(member.path("claimed_device_id"), "member.claimed_device_id"),
        member.path("id").isTextual()
            ? Optional.of(member.get("id").textValue())
            : Optional.empty(),
        index,
        text(entry.path("key"), "keys.key"),
        sentAt(content.path("sent_ts")));
  }

  /** The index, if it is an integer from 0 to 255. */
  Optional<KeyIndex> keyIndex() {
    boolean valid =
        index.isNumber()
            && index.canConvertToExactIntegral()
            && index.canConvertToInt()
            && index.intValue() >= 0
            && index.intValue() <= KeyIndex.MAX;
    return valid ? Optional.of(new KeyIndex(index.intValue())) : Optional.empty();
  }

  /** Whether the text is longer than that of the longest key, so that it need not be decoded. */
  boolean keyIsTooLong() {
    return key.length() > MAX_KEY_CHARS;
  }

  /**
   * The key's bytes, which the caller wipes: standard or URL-safe alphabet, padded or not. Null if
   * it is no base64.
   */
  byte @Nullable [] keyBytes() {
    try {
      return Base64.getDecoder().decode(key.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "EncryptionKeysContent[room " + roomId + ", device " + claimedDevice + "]";
  }

  private static String text(JsonNode node, String field) throws Malformed {
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw new Malformed(field);
    }
    return node.textValue();
  }

  private static Optional<Instant> sentAt(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong()
        ? Optional.of(Instant.ofEpochMilli(node.longValue()))
        : Optional.empty();
  }
}
