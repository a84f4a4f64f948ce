package io.matrixrtc.json;

import static io.matrixrtc.encoding.CanonicalJsonException.Reason.NEGATIVE_ZERO;
import static io.matrixrtc.encoding.CanonicalJsonException.Reason.TOO_DEEP;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.encoding.CanonicalJsonWriter;
import io.matrixrtc.encoding.SigningBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Canonical JSON of Jackson's trees. */
public final class CanonicalJson {
  private CanonicalJson() {}

  /**
   * Returns the canonical bytes of {@code node}.
   *
   * @throws CanonicalJsonException if it has no canonical form
   */
  public static byte[] of(JsonNode node) throws CanonicalJsonException {
    return CanonicalJsonWriter.write(plain(node, 0));
  }

  /**
   * Returns the bytes that signatures of {@code object} cover: canonical JSON without {@code
   * signatures} and {@code unsigned}.
   *
   * @throws CanonicalJsonException if the object has no canonical form
   */
  public static byte[] signingBytes(ObjectNode object) throws CanonicalJsonException {
    Map<String, @Nullable Object> signed = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (SigningBytes.covers(member.getKey())) {
        signed.put(member.getKey(), plain(member.getValue(), 1));
      }
    }
    return SigningBytes.of(signed);
  }

  private static @Nullable Object plain(JsonNode node, int depth) throws CanonicalJsonException {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
          members.put(member.getKey(), plain(member.getValue(), deeper(depth)));
        }
        yield members;
      }
      case ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>(node.size());
        for (JsonNode item : node) {
          items.add(plain(item, deeper(depth)));
        }
        yield items;
      }
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NULL -> null;
      case NUMBER -> {
        if (node instanceof NegativeZeroNode) {
          throw new CanonicalJsonException(NEGATIVE_ZERO); // CJSON-NEGZERO
        }
        yield node.numberValue();
      }
      case MISSING -> throw new CanonicalJsonException(TOO_DEEP); // JSON-ANSWER: beyond the limits
      default ->
          throw new IllegalArgumentException("canonical JSON: no " + node.getNodeType() + " node");
    };
  }

  /** Stops before the stack does; the writer enforces the exact limit. */
  private static int deeper(int depth) throws CanonicalJsonException {
    if (depth > CanonicalJsonWriter.MAX_DEPTH) {
      throw new CanonicalJsonException(TOO_DEEP);
    }
    return depth + 1;
  }
}
