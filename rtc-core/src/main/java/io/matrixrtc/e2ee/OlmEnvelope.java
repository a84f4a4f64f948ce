package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.OlmMessage;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content of an {@code m.room.encrypted} to-device event of algorithm {@code
 * m.olm.v1.curve25519-aes-sha2}. A shape, of which nothing is authentic.
 *
 * @param senderKey the identity key that the content names
 * @param message the message for us; empty if there is none
 */
record OlmEnvelope(Curve25519PublicKey senderKey, Optional<OlmMessage> message) {
  static final String EVENT_TYPE = "m.room.encrypted";

  /** The content has not the shape that its algorithm asks for. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed() {
      super("malformed Olm envelope", null, false, false);
    }
  }

  /** Whether {@code content} names Olm version 1. */
  static boolean isOlm(ObjectNode content) {
    return content.path("algorithm").asText().equals(SignedDeviceKeys.OLM_ALGORITHM);
  }

  /** Reads {@code content}; every ciphertext in it must be well formed (TD-1). */
  static OlmEnvelope parse(ObjectNode content, Curve25519PublicKey own) throws Malformed {
    JsonNode ciphertexts = content.path("ciphertext");
    if (!ciphertexts.isObject() || ciphertexts.isEmpty()) {
      throw new Malformed();
    }
    OlmMessage ours = null;
    for (Map.Entry<String, JsonNode> entry : ciphertexts.properties()) {
      OlmMessage message = message(entry.getValue());
      if (key(entry.getKey()).equals(own)) {
        ours = message; // TD-3: whatever the order, ours is looked up
      }
    }
    return new OlmEnvelope(key(text(content.get("sender_key"))), Optional.ofNullable(ours));
  }

  /** Returns the content that carries {@code message} to the device with identity {@code to}. */
  static ObjectNode write(
      Curve25519PublicKey from, Curve25519PublicKey to, OlmMessage message, String messageId) {
    ObjectNode content = Json.newObject();
    content.put("algorithm", SignedDeviceKeys.OLM_ALGORITHM);
    content.put("sender_key", from.toBase64());
    content
        .putObject("ciphertext")
        .putObject(to.toBase64())
        .put("type", message.type())
        .put("body", Base64Text.encode(message.encode()));
    return content.put("org.matrix.msgid", messageId);
  }

  private static OlmMessage message(JsonNode entry) throws Malformed {
    JsonNode type = entry.path("type");
    if (!type.isInt()) {
      throw new Malformed();
    }
    try {
      return OlmMessage.decode(type.intValue(), Base64Text.decode(text(entry.get("body"))));
    } catch (MalformedBase64Exception | OlmException.Malformed e) {
      throw new Malformed();
    }
  }

  private static Curve25519PublicKey key(String text) throws Malformed {
    try {
      return Curve25519PublicKey.fromBase64(text);
    } catch (KeyFormatException e) {
      throw new Malformed();
    }
  }

  private static String text(@Nullable JsonNode node) throws Malformed {
    if (node == null || !node.isTextual()) {
      throw new Malformed();
    }
    return node.textValue();
  }
}
