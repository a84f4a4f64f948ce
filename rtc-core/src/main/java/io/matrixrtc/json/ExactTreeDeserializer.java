package io.matrixrtc.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * Builds trees that keep apart what the text kept apart: Jackson's own reader turns {@code -0} into
 * the integer 0, which would let a number be signed that Matrix does not allow. Here it becomes a
 * {@link NegativeZeroNode}. What is read can be written and read again, and is the same.
 */
final class ExactTreeDeserializer extends StdDeserializer<JsonNode> {
  private static final long serialVersionUID = 1L;

  /** In an answer, too: deeper than this nothing is kept. */
  private static final int MAX_ANSWER_DEPTH = 2 * Json.MAX_DEPTH;

  private final boolean tolerant;

  /**
   * If {@code tolerant}, what exceeds a limit is left out (JSON-ANSWER); else the parser throws.
   */
  ExactTreeDeserializer(boolean tolerant) {
    super(JsonNode.class);
    this.tolerant = tolerant;
  }

  @Override
  public JsonNode getNullValue(DeserializationContext context) {
    return NullNode.getInstance();
  }

  @Override
  public JsonNode deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    return value(parser, context.getNodeFactory(), 0);
  }

  /** Recursion is bounded by the parser's nesting limit, or by {@link #MAX_ANSWER_DEPTH}. */
  private JsonNode value(JsonParser parser, JsonNodeFactory nodes, int depth) throws IOException {
    if (tolerant && exceedsLimits(parser, depth)) {
      parser.skipChildren();
      return nodes.missingNode();
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, nodes, depth);
      case START_ARRAY -> array(parser, nodes, depth);
      case VALUE_STRING -> nodes.textNode(parser.getText());
      case VALUE_NUMBER_INT -> integer(parser, nodes);
      case VALUE_NUMBER_FLOAT -> fraction(parser, nodes);
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      case VALUE_NULL -> nodes.nullNode();
      default -> throw new IOException("unexpected token " + parser.currentToken());
    };
  }

  private static boolean exceedsLimits(JsonParser parser, int depth) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT, START_ARRAY -> depth == MAX_ANSWER_DEPTH;
      case VALUE_STRING -> parser.getTextLength() > Json.MAX_TEXT_LENGTH;
      case VALUE_NUMBER_INT -> parser.getTextLength() > Json.MAX_NUMBER_LENGTH;
      case VALUE_NUMBER_FLOAT ->
          parser.getTextLength() > Json.MAX_NUMBER_LENGTH
              || !Double.isFinite(parser.getDoubleValue());
      default -> false;
    };
  }

  /** A number too large for a double would be written as the text {@code "Infinity"}. */
  private static JsonNode fraction(JsonParser parser, JsonNodeFactory nodes) throws IOException {
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw new StreamConstraintsException("number out of range", parser.currentLocation());
    }
    return nodes.numberNode(value);
  }

  private static JsonNode integer(JsonParser parser, JsonNodeFactory nodes) throws IOException {
    return switch (parser.getNumberType()) {
      case INT -> {
        int value = parser.getIntValue();
        yield value == 0 && parser.getText().startsWith("-")
            ? NegativeZeroNode.INSTANCE
            : nodes.numberNode(value);
      }
      case LONG -> nodes.numberNode(parser.getLongValue());
      default -> nodes.numberNode(parser.getBigIntegerValue());
    };
  }

  private ObjectNode object(JsonParser parser, JsonNodeFactory nodes, int depth)
      throws IOException {
    ObjectNode object = nodes.objectNode();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      if (tolerant && name.length() > Json.MAX_NAME_LENGTH) {
        parser.skipChildren();
        object.set("", nodes.missingNode());
        continue;
      }
      object.set(
          name, value(parser, nodes, depth + 1)); // JSON-DUP: the last member of a name counts
    }
    return object;
  }

  private ArrayNode array(JsonParser parser, JsonNodeFactory nodes, int depth) throws IOException {
    ArrayNode array = nodes.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser, nodes, depth + 1));
    }
    return array;
  }
}
