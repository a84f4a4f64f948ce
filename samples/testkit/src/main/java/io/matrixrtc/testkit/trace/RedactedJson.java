package io.matrixrtc.testkit.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * JSON as a trace may show it: keys, tokens and passwords are fingerprints, long texts are cut.
 * What is secret is told by the field's name, so this is for messages of known types.
 */
public final class RedactedJson {
  /** Texts longer than this are cut, in characters. */
  public static final int MAX_TEXT_CHARS = 600;

  /** A message longer than this is cut, in characters: 16 KiB. */
  public static final int MAX_CHARS = 16 << 10;

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> SECRET =
      Set.of(
          "key",
          "session_key",
          "access_token",
          "refresh_token",
          "token",
          "password",
          "secret",
          "private_key");

  private RedactedJson() {}

  /** A body as JSON; empty if it is none. */
  public static Optional<JsonNode> parse(String body) {
    try {
      return Optional.ofNullable(MAPPER.readTree(body));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The text of {@code node} without its secrets; {@code node} stays as it is. */
  public static String text(JsonNode node) {
    String text = redact(node, false).toPrettyString();
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + " …";
  }

  private static JsonNode redact(JsonNode node, boolean secret) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      object
          .properties()
          .forEach(
              field ->
                  copy.set(
                      field.getKey(),
                      redact(field.getValue(), secret || SECRET.contains(field.getKey()))));
      return copy;
    } else if (node instanceof ArrayNode array) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      array.forEach(element -> copy.add(redact(element, secret)));
      return copy;
    } else if (secret && node.isValueNode() && !node.isNull()) {
      return TextNode.valueOf("<key " + fingerprint(node.asText()) + ">");
    } else if (node.isTextual() && node.textValue().length() > MAX_TEXT_CHARS) {
      String text = node.textValue();
      return TextNode.valueOf(
          text.substring(0, MAX_TEXT_CHARS) + " … (" + text.length() + " characters)");
    }
    return node;
  }

  /** Of the key that base64 text holds, so that it equals the key's in other events. */
  private static KeyFingerprint fingerprint(String text) {
    try {
      return KeyFingerprint.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException notBase64) {
      return KeyFingerprint.of(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
