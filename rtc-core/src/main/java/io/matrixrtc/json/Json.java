package io.matrixrtc.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.MalformedJsonException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;

/**
 * Reads and writes JSON from outside. Strict: UTF-8 must be well formed, nothing may follow the
 * value, and the limits below hold. Of members with one name the last one counts. Safe for many
 * threads.
 */
public final class Json {
  /** Deepest nesting of arrays and objects that is read (JSON-LIMIT, as the next ones). */
  public static final int MAX_DEPTH = 128;

  /** Longest text value, in characters. */
  public static final int MAX_TEXT_LENGTH = 20_000_000;

  /** Longest member name, in characters. */
  public static final int MAX_NAME_LENGTH = 50_000;

  /** Longest number, in characters; one that no double can hold is refused, too. */
  public static final int MAX_NUMBER_LENGTH = 1_000;

  /** Longest document, in characters. */
  public static final long MAX_DOCUMENT_LENGTH = 256L << 20;

  private static final ObjectMapper MAPPER =
      mapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(MAX_DEPTH)
                      .maxStringLength(MAX_TEXT_LENGTH)
                      .maxNameLength(MAX_NAME_LENGTH)
                      .maxNumberLength(MAX_NUMBER_LENGTH)
                      .maxDocumentLength(MAX_DOCUMENT_LENGTH)
                      .build())
              .build(),
          new ExactTreeDeserializer(false));

  /** Leaves every limit but the whole length to {@link ExactTreeDeserializer}. */
  static final ObjectMapper ANSWER_MAPPER =
      mapper(
          JsonFactory.builder()
              .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // no limit of hash collisions
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(Integer.MAX_VALUE)
                      .maxStringLength(Integer.MAX_VALUE)
                      .maxNameLength(Integer.MAX_VALUE)
                      .maxNumberLength(Integer.MAX_VALUE)
                      .maxDocumentLength(MAX_DOCUMENT_LENGTH)
                      .build())
              .build(),
          new ExactTreeDeserializer(true));

  private static ObjectMapper mapper(JsonFactory factory, ExactTreeDeserializer trees) {
    return JsonMapper.builder(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .addModule(new SimpleModule("matrixrtc").addDeserializer(JsonNode.class, trees))
        .build();
  }

  private Json() {}

  /** The one mapper. Its trees keep integers exact (see {@link #parse(String)}). */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** Returns a new, empty object. */
  public static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /**
   * Reads one value. Integers keep every digit and {@code -0} keeps its sign, so that {@link
   * CanonicalJson} can tell what the text said.
   *
   * @throws MalformedJsonException if the text is not one JSON value within the limits
   */
  public static JsonNode parse(String text) throws MalformedJsonException {
    return read(MAPPER, text);
  }

  /**
   * Reads an answer that holds values of several authors, so that one who exceeds the limits spoils
   * nothing but the own value (JSON-ANSWER): what is longer than the limits, or deeper than twice
   * {@link #MAX_DEPTH}, becomes a {@code MissingNode}, and halves of surrogate pairs are kept. Each
   * author's part must then pass {@link #isWithinLimits}.
   *
   * @throws MalformedJsonException if the text is not one JSON value
   */
  public static JsonNode parseAnswer(String text) throws MalformedJsonException {
    return read(ANSWER_MAPPER, SurrogateEscapes.resolved(text));
  }

  /** Whether {@link #parse(String)} would have read {@code node} of an answer by itself. */
  public static boolean isWithinLimits(JsonNode node) {
    return isWithinLimits(node, 0);
  }

  private static boolean isWithinLimits(JsonNode node, int depth) {
    if (!node.isContainerNode()) {
      return !node.isMissingNode();
    }
    if (depth == MAX_DEPTH) {
      return false;
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (SurrogateEscapes.isBroken(member.getKey())) {
        return false;
      }
    }
    for (JsonNode item : node) {
      if (!isWithinLimits(item, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode read(ObjectMapper mapper, String text) throws MalformedJsonException {
    JsonNode node;
    try {
      node = mapper.readTree(text);
    } catch (StreamConstraintsException e) {
      throw new MalformedJsonException(Reason.LIMIT, "");
    } catch (JsonProcessingException e) {
      throw new MalformedJsonException(reasonOf(e), " at character " + offsetOf(e));
    }
    if (node.isMissingNode()) {
      throw new MalformedJsonException(Reason.SYNTAX, ": empty text");
    }
    return node;
  }

  /** Jackson refuses broken pairs in names, with an exception of no type of its own. */
  private static Reason reasonOf(JsonProcessingException e) {
    return e.getOriginalMessage().contains("surrogate") ? Reason.LONE_SURROGATE : Reason.SYNTAX;
  }

  private static long offsetOf(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? -1 : at.getCharOffset();
  }

  /**
   * As {@link #parse(String)}, of UTF-8 without a byte order mark.
   *
   * @throws MalformedJsonException also if the bytes are not well-formed UTF-8 (JSON-UTF8)
   */
  public static JsonNode parse(byte[] utf8) throws MalformedJsonException {
    String text = new String(utf8, UTF_8); // puts U+FFFD where something is wrong
    if (text.indexOf('\uFFFD') >= 0 && !isUtf8(utf8)) {
      throw new MalformedJsonException(Reason.NOT_UTF8, "");
    }
    return parse(text);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * As {@link #parse(byte[])}, but the value must be an object.
   *
   * @throws MalformedJsonException also if it is another value
   */
  public static ObjectNode parseObject(byte[] utf8) throws MalformedJsonException {
    return asObject(parse(utf8));
  }

  /**
   * As {@link #parse(String)}, but the value must be an object.
   *
   * @throws MalformedJsonException also if it is another value
   */
  public static ObjectNode parseObject(String text) throws MalformedJsonException {
    return asObject(parse(text));
  }

  private static ObjectNode asObject(JsonNode node) throws MalformedJsonException {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedJsonException(Reason.NOT_AN_OBJECT, ": " + node.getNodeType());
  }
}
