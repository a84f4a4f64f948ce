package io.matrixrtc.homeserver.signing;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Matrix's canonical JSON: members sorted by code point, no white space, whole numbers within plus
 * or minus 2^53 - 1, the shortest escapes.
 */
public final class CanonicalJson {
  private static final BigInteger MAX = BigInteger.valueOf((1L << 53) - 1);

  private CanonicalJson() {}

  /**
   * The canonical bytes, in UTF-8.
   *
   * @throws NotCanonical if the tree holds a fraction or too large a number
   */
  public static byte[] bytes(JsonNode node) throws NotCanonical {
    StringBuilder text = new StringBuilder();
    write(node, text);
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonNode node, StringBuilder text) throws NotCanonical {
    if (node.isObject()) {
      writeObject(node, text);
    } else if (node.isArray()) {
      char separator = '[';
      for (JsonNode item : node) {
        text.append(separator);
        write(item, text);
        separator = ',';
      }
      text.append(separator == '[' ? "[]" : "]");
    } else if (node.isTextual()) {
      writeString(node.textValue(), text);
    } else if (node.isNumber()) {
      text.append(wholeNumber(node));
    } else {
      text.append(node.asText());
    }
  }

  private static void writeObject(JsonNode node, StringBuilder text) throws NotCanonical {
    Map<String, JsonNode> sorted = new TreeMap<>(CanonicalJson::byCodePoint);
    node.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
    char separator = '{';
    for (Map.Entry<String, JsonNode> member : sorted.entrySet()) {
      text.append(separator);
      writeString(member.getKey(), text);
      text.append(':');
      write(member.getValue(), text);
      separator = ',';
    }
    text.append(separator == '{' ? "{}" : "}");
  }

  private static String wholeNumber(JsonNode node) throws NotCanonical {
    if (!node.isIntegralNumber()) {
      throw new NotCanonical("a number with a fraction or exponent");
    }
    BigInteger value = node.bigIntegerValue();
    if (value.abs().compareTo(MAX) > 0) {
      throw new NotCanonical("a number beyond 2^53 - 1");
    }
    return value.toString();
  }

  private static void writeString(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int shortForm = "\b\t\n\f\r\"\\".indexOf(c);
      if (shortForm >= 0) {
        text.append('\\').append("btnfr\"\\".charAt(shortForm));
      } else if (c < ' ') {
        text.append("\\u%04x".formatted((int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  private static int byCodePoint(String a, String b) {
    int[] left = a.codePoints().toArray();
    int[] right = b.codePoints().toArray();
    return Arrays.compare(left, right);
  }
}
