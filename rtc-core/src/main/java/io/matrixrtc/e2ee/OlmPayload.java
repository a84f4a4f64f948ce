package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import org.jspecify.annotations.Nullable;

/**
 * What a to-device message says once decrypted. Only its bytes are authentic; what they claim is
 * checked by {@link PayloadChecks}.
 *
 * @param json the whole object
 * @param type the inner event type
 * @param sender the user who claims to have written it
 * @param recipient the user it was written for
 * @param senderKey the Ed25519 key that the sender claims
 * @param recipientKey the Ed25519 key of the device it was written for
 * @param senderDeviceKeys the sender's device keys, as it sent them (MSC4147)
 */
record OlmPayload(
    ObjectNode json,
    String type,
    String sender,
    String recipient,
    Ed25519PublicKey senderKey,
    Ed25519PublicKey recipientKey,
    @Nullable JsonNode senderDeviceKeys) {
  static final String SENDER_DEVICE_KEYS = "sender_device_keys";

  /** The name before MSC4147 became stable; read, never written. */
  static final String UNSTABLE_SENDER_DEVICE_KEYS = "org.matrix.msc4147.device_keys";

  /** The plaintext is no payload. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed() {
      super("malformed Olm payload", null, false, false);
    }
  }

  /** Reads a plaintext: an object in well-formed UTF-8 with every member (TD-FORM, TD-UTF8). */
  static OlmPayload parse(byte[] plaintext, ReadKeys readKeys) throws Malformed {
    try {
      ObjectNode json = Json.parseObject(plaintext);
      if (!json.path("content").isObject()) {
        throw new Malformed();
      }
      return new OlmPayload(
          json,
          text(json.get("type")),
          text(json.get("sender")),
          text(json.get("recipient")),
          key(json.path("keys"), readKeys),
          key(json.path("recipient_keys"), readKeys),
          senderDeviceKeys(json));
    } catch (MalformedJsonException | KeyFormatException e) {
      throw new Malformed();
    }
  }

  /**
   * The two names are one member; upstream refuses a payload that has both, so do we (TD-ALIAS).
   */
  private static @Nullable JsonNode senderDeviceKeys(ObjectNode json) throws Malformed {
    JsonNode stable = json.get(SENDER_DEVICE_KEYS);
    JsonNode unstable = json.get(UNSTABLE_SENDER_DEVICE_KEYS);
    if (stable != null && unstable != null) {
      throw new Malformed();
    }
    JsonNode either = stable != null ? stable : unstable;
    return either == null || either.isNull() ? null : either;
  }

  private static Ed25519PublicKey key(JsonNode keys, ReadKeys readKeys)
      throws Malformed, KeyFormatException {
    return readKeys.fromBase64(text(keys.get("ed25519")));
  }

  private static String text(@Nullable JsonNode node) throws Malformed {
    if (node == null || !node.isTextual()) {
      throw new Malformed();
    }
    return node.textValue();
  }

  /** The event's content. */
  ObjectNode content() {
    return (ObjectNode) json.get("content");
  }

  /** Shows no content. */
  @Override
  public String toString() {
    return "OlmPayload[" + type + ", " + sender + "]";
  }
}
