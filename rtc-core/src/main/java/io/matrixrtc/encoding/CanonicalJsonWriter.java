package io.matrixrtc.encoding;

import static io.matrixrtc.encoding.CanonicalJsonException.Reason.INTEGER_OUT_OF_RANGE;
import static io.matrixrtc.encoding.CanonicalJsonException.Reason.LONE_SURROGATE;
import static io.matrixrtc.encoding.CanonicalJsonException.Reason.NOT_AN_INTEGER;
import static io.matrixrtc.encoding.CanonicalJsonException.Reason.TOO_DEEP;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a value as canonical JSON: the one byte form of a JSON value that Matrix signs.
 *
 * <p>Values are {@link Map} (with text keys), {@link List}, {@link String}, {@link Integer}, {@link
 * Long}, {@link BigInteger}, {@link Boolean} and null; any other {@link Number} counts as not an
 * integer.
 *
 * <p>Source: Matrix specification, appendices, "Canonical JSON".
 */
public final class CanonicalJsonWriter {
  /** Deepest nesting of arrays and objects that is written. */
  public static final int MAX_DEPTH = 128;

  /** Largest absolute value of an integer: 2^53 − 1. */
  public static final long MAX_INTEGER = (1L << 53) - 1;

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final StringBuilder out = new StringBuilder();

  private CanonicalJsonWriter() {}

  /**
   * Returns the canonical bytes of {@code value}.
   *
   * @throws CanonicalJsonException if it has none
   * @throws IllegalArgumentException if it holds an object of another type than those named above
   */
  public static byte[] write(@Nullable Object value) throws CanonicalJsonException {
    CanonicalJsonWriter writer = new CanonicalJsonWriter();
    writer.value(value, 0);
    return writer.out.toString().getBytes(UTF_8);
  }

  private void value(@Nullable Object value, int depth) throws CanonicalJsonException {
    if (value == null) {
      out.append("null");
    } else if (value instanceof String text) {
      text(text);
    } else if (value instanceof Boolean bool) {
      out.append(bool.booleanValue());
    } else if (value instanceof Number number) {
      integer(number);
    } else if (value instanceof Map<?, ?> members) {
      object(members, deeper(depth));
    } else if (value instanceof List<?> items) {
      array(items, deeper(depth));
    } else {
      throw new IllegalArgumentException("canonical JSON: cannot write a " + value.getClass());
    }
  }

  private static int deeper(int depth) throws CanonicalJsonException {
    if (depth == MAX_DEPTH) {
      throw new CanonicalJsonException(TOO_DEEP); // CJSON-DEPTH
    }
    return depth + 1;
  }

  private void object(Map<?, ?> members, int depth) throws CanonicalJsonException {
    String[] names = members.keySet().toArray(new String[0]);
    java.util.Arrays.sort(names, CodePointOrder.INSTANCE); // CJSON-ORDER
    out.append('{');
    for (int i = 0; i < names.length; i++) {
      if (i > 0) {
        out.append(',');
      }
      text(names[i]);
      out.append(':');
      value(members.get(names[i]), depth);
    }
    out.append('}');
  }

  private void array(List<?> items, int depth) throws CanonicalJsonException {
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      value(items.get(i), depth);
    }
    out.append(']');
  }

  private void integer(Number number) throws CanonicalJsonException {
    if (!(number instanceof Long || number instanceof Integer || number instanceof BigInteger)) {
      throw new CanonicalJsonException(NOT_AN_INTEGER); // CJSON-INT
    }
    if (number instanceof BigInteger big && big.bitLength() > 63) {
      throw new CanonicalJsonException(INTEGER_OUT_OF_RANGE);
    }
    long value = number.longValue();
    if (value > MAX_INTEGER || value < -MAX_INTEGER) {
      throw new CanonicalJsonException(INTEGER_OUT_OF_RANGE); // CJSON-RANGE
    }
    out.append(value);
  }

  private void text(String text) throws CanonicalJsonException {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 0xF]);
          } else {
            if (Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1))) {
              out.append(c).append(text.charAt(++i));
            } else if (Character.isSurrogate(c)) {
              throw new CanonicalJsonException(LONE_SURROGATE); // CJSON-SURR
            } else {
              out.append(c);
            }
          }
        }
      }
    }
    out.append('"');
  }
}
