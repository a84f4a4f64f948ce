package io.matrixrtc.homeserver.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/** JSON of requests and answers. Numbers keep their exact value; nesting is limited. */
public final class Json {
  /** Deepest nesting that a request may have. */
  public static final int MAX_DEPTH = 100;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** Parses any JSON text. */
  public static JsonNode parse(byte[] utf8) {
    JsonNode node;
    try {
      node = MAPPER.readTree(utf8);
    } catch (IOException e) {
      throw new MatrixException(ErrorCode.M_NOT_JSON, "Content not JSON.");
    }
    if (node == null || node.isMissingNode()) {
      throw new MatrixException(ErrorCode.M_NOT_JSON, "Content not JSON.");
    }
    rejectLoneSurrogates(node);
    return node;
  }

  /** Parses a JSON object; a body of another shape is {@code M_BAD_JSON}. */
  public static ObjectNode parseObject(byte[] utf8) {
    JsonNode node = parse(utf8);
    if (!node.isObject()) {
      throw MatrixException.badJson("Content must be a JSON object.");
    }
    return (ObjectNode) node;
  }

  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree always writes", e);
    }
  }

  // A lone surrogate has no UTF-8 form: two stores would keep it differently.
  private static void rejectLoneSurrogates(JsonNode node) {
    if (node.isTextual()) {
      check(node.textValue());
    } else if (node.isObject()) {

      for (Map.Entry<String, JsonNode> member : node.properties()) {
        check(member.getKey());
        rejectLoneSurrogates(member.getValue());
      }
    } else if (node.isArray()) {
      node.forEach(Json::rejectLoneSurrogates);
    }
  }

  private static void check(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw MatrixException.badJson("A string holds half a surrogate pair.");
      }
    }
  }
}
