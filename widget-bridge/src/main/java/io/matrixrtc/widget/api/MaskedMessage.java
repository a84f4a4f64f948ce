package io.matrixrtc.widget.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.Set;

/**
 * Makes messages fit to be shown or logged: the values of members that carry secrets, at any depth,
 * are replaced (WIDGET-MASK). A media key is below {@code keys}, or is called {@code media_key};
 * the key of an encrypted file is called {@code k}.
 */
public final class MaskedMessage {
  /** What stands in place of a secret. */
  public static final String MASK = "[masked]";

  private static final Set<String> SECRETS =
      Set.of(
          "access_token", "jwt", "media_key", "password", "file", "session_key", "delay_id", "k");

  private MaskedMessage() {}

  /** A copy without secrets. */
  public static ObjectNode of(ObjectNode message) {
    ObjectNode copy = message.deepCopy();
    mask(copy);
    return copy;
  }

  private static void mask(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        JsonNode value = member.getValue();
        if (SECRETS.contains(member.getKey()) && !value.isNull()) {
          member.setValue(object.textNode(MASK));
        } else if (member.getKey().equals("keys")) {
          maskLeaves(value, member);
        } else {
          mask(value);
        }
      }
    } else if (node instanceof ArrayNode array) {
      array.forEach(MaskedMessage::mask);
    }
  }

  /** Below {@code keys} every text is a secret; numbers (the index) are not. */
  private static void maskLeaves(JsonNode value, Map.Entry<String, JsonNode> member) {
    if (value.isTextual()) {
      member.setValue(TextNode.valueOf(MASK));
    } else if (value instanceof ObjectNode object) {
      object.properties().forEach(inner -> maskLeaves(inner.getValue(), inner));
    } else if (value instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i).isTextual()) {
          array.set(i, array.textNode(MASK));
        } else {
          array.get(i).properties().forEach(inner -> maskLeaves(inner.getValue(), inner));
        }
      }
    }
  }
}
