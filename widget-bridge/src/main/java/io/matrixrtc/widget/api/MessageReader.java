package io.matrixrtc.widget.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.widget.api.MalformedMessageException.Reason;
import java.util.Map;

/**
 * Reads the messages of a peer that may be hostile. The text must be one JSON object within the
 * limits, with the members of an envelope. Safe for many threads.
 *
 * @param maxChars longest text, in characters
 * @param maxDepth deepest nesting of objects and arrays; the message itself is 1
 */
public record MessageReader(int maxChars, int maxDepth) {
  /** Longest {@code widgetId}, {@code requestId} and {@code action}, in characters. */
  public static final int MAX_ID_CHARS = 255;

  /** A name that is a trap in pages that copy members one by one. */
  private static final String PROTOTYPE = "__proto__";

  public MessageReader {
    if (maxChars < 1 || maxDepth < 2 || maxDepth > Json.MAX_DEPTH) {
      throw new IllegalArgumentException("message limits: " + maxChars + ", " + maxDepth);
    }
  }

  /**
   * Reads one message.
   *
   * @throws MalformedMessageException if it is none; nobody is to be answered then
   */
  public WidgetMessage read(String text) throws MalformedMessageException {
    if (text.length() > maxChars) { // WIDGET-SIZE
      throw new MalformedMessageException(Reason.TOO_LONG);
    }
    ObjectNode json;
    try {
      json = Json.parseObject(text);
    } catch (MalformedJsonException e) {
      throw new MalformedMessageException(Reason.NOT_AN_OBJECT);
    }
    checkTree(json, maxDepth);
    id(json, "widgetId");
    id(json, "requestId");
    id(json, "action");
    if (json.has("data") && !json.get("data").isObject()) {
      throw new MalformedMessageException(Reason.BAD_FIELD);
    }
    JsonNode response = json.path("response");
    if (!response.isMissingNode() && !response.isObject()) { // WIDGET-ENVELOPE
      throw new MalformedMessageException(Reason.BAD_FIELD);
    }
    Direction direction =
        Direction.of(json.path("api").asText())
            .orElseThrow(() -> new MalformedMessageException(Reason.BAD_FIELD));
    return WidgetMessage.of(direction, json);
  }

  private static void id(ObjectNode json, String name) throws MalformedMessageException {
    JsonNode value = json.path(name);
    if (!value.isTextual()
        || value.textValue().isEmpty()
        || value.textValue().length() > MAX_ID_CHARS) {
      throw new MalformedMessageException(Reason.BAD_FIELD);
    }
  }

  /** WIDGET-DEPTH, WIDGET-PROTO. */
  private static void checkTree(JsonNode node, int levels) throws MalformedMessageException {
    if (!node.isContainerNode()) {
      return;
    }
    if (levels == 0) {
      throw new MalformedMessageException(Reason.TOO_DEEP);
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (member.getKey().equals(PROTOTYPE)) {
        throw new MalformedMessageException(Reason.PROTOTYPE_MEMBER);
      }
    }
    for (JsonNode item : node) {
      checkTree(item, levels - 1);
    }
  }
}
