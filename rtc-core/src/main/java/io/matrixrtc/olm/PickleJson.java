package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON that vodozemac saves. Key bytes are arrays of numbers there; they become byte
 * arrays that can be wiped, which a general reader's numbers could not.
 *
 * <p>Values are {@link PickleObject}, lists, {@code byte[]} for arrays of numbers 0 to 255 and for
 * empty ones, {@link Long} for unsigned integers, {@link String}, {@link Boolean}, and null.
 */
final class PickleJson {
  /** Deepest nesting; vodozemac writes 7. */
  static final int MAX_DEPTH = 32;

  private final byte[] json;
  private int at;
  private int depth;

  private PickleJson(byte[] json) {
    this.json = json;
  }

  /** Reads one object and nothing after it. */
  static PickleObject read(byte[] json) throws PickleException.Malformed {
    PickleJson reader = new PickleJson(json);
    if (reader.peek() != '{') {
      throw new PickleException.Malformed("not JSON");
    }
    PickleObject object = reader.object();
    if (reader.peek() >= 0) {
      throw new PickleException.Malformed("trailing characters"); // PICKLE-CONTENT
    }
    return object;
  }

  private @Nullable Object value() throws PickleException.Malformed {
    switch (peek()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return text();
      case 't':
        return word("true", Boolean.TRUE);
      case 'f':
        return word("false", Boolean.FALSE);
      case 'n':
        return word("null", null);
      default:
        return number();
    }
  }

  private PickleObject object() throws PickleException.Malformed {
    deeper();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    expect('{');
    if (peek() != '}') {
      do {
        peek();
        String name = text();
        peek();
        expect(':');
        members.put(name, value());
      } while (another('}'));
    }
    expect('}');
    depth--;
    return new PickleObject(members);
  }

  private Object array() throws PickleException.Malformed {
    deeper();
    expect('[');
    int first = peek();
    Object array = first == ']' || isDigit(first) ? octets() : list();
    expect(']');
    depth--;
    return array;
  }

  private List<@Nullable Object> list() throws PickleException.Malformed {
    List<@Nullable Object> values = new ArrayList<>();
    do {
      values.add(value());
    } while (another(']'));
    return values;
  }

  /** Reads up to the closing bracket. */
  private byte[] octets() throws PickleException.Malformed {
    byte[] octets = new byte[160];
    int count = 0;
    if (peek() != ']') {
      do {
        peek();
        long octet = number();
        if (Long.compareUnsigned(octet, 0xFF) > 0) {
          throw new PickleException.Malformed("byte over 255");
        }
        if (count == octets.length) {
          byte[] longer = Arrays.copyOf(octets, 2 * count);
          Arrays.fill(octets, (byte) 0);
          octets = longer;
        }
        octets[count++] = (byte) octet;
      } while (another(']'));
    }
    byte[] exact = Arrays.copyOf(octets, count);
    Arrays.fill(octets, (byte) 0);
    return exact;
  }

  /** Digits alone: no sign, fraction or exponent is ever written. */
  private Long number() throws PickleException.Malformed {
    int from = at;
    long number = 0;
    while (at < json.length && isDigit(json[at])) {
      int digit = json[at++] - '0';
      if (Long.compareUnsigned(number, Long.divideUnsigned(-1 - digit, 10)) > 0) {
        throw new PickleException.Malformed("number over 64 bits");
      }
      number = 10 * number + digit;
    }
    if (at == from) {
      throw new PickleException.Malformed("not JSON");
    }
    return number;
  }

  /** A text; what an escape stands for does not matter in any name or value that is read. */
  private String text() throws PickleException.Malformed {
    expect('"');
    int from = at;
    while (at < json.length && json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    if (at >= json.length) {
      throw new PickleException.Malformed("content is truncated");
    }
    return new String(json, from, at++ - from, UTF_8);
  }

  private @Nullable Boolean word(String word, @Nullable Boolean meaning)
      throws PickleException.Malformed {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
    return meaning;
  }

  /** Whether another element follows; stands at {@code end} if not. */
  private boolean another(char end) throws PickleException.Malformed {
    if (peek() == end) {
      return false;
    }
    expect(',');
    return true;
  }

  /** The next character that is no white space; −1 at the end. */
  private int peek() {
    while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r')) {
      at++;
    }
    return at < json.length ? json[at] & 0xFF : -1;
  }

  private void expect(char wanted) throws PickleException.Malformed {
    if (at >= json.length || json[at] != wanted) {
      throw new PickleException.Malformed("not JSON"); // PICKLE-CONTENT
    }
    at++;
  }

  private void deeper() throws PickleException.Malformed {
    if (++depth > MAX_DEPTH) {
      throw new PickleException.Malformed("nested over " + MAX_DEPTH); // PICKLE-LIMIT
    }
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }
}
