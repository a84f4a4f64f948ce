package io.matrixrtc.testkit.attack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Looks for media keys in bytes that should hold none: a server's database and log, a relay's tape.
 * Each key is looked for raw, in hex, in base64 (padded, unpadded, URL-safe) and JSON-escaped.
 */
public final class KeySearch {

  /**
   * A key that was found.
   *
   * @param place what was searched
   * @param form how the key was written there, for example {@code base64}
   * @param key the position of the key in the list that was given
   * @param offset where it begins, in bytes from the start of the searched block
   */
  public record Finding(String place, String form, int key, int offset) {}

  private record Pattern(byte[] bytes, String form, int key) {}

  private final BitSet firstTwoBytes = new BitSet(1 << 16);
  private final Map<Integer, List<Pattern>> byFirstFourBytes = new HashMap<>();

  /** Prepares a search for {@code keys}, each at least 4 bytes long. */
  public KeySearch(List<byte[]> keys) {
    for (int i = 0; i < keys.size(); i++) {
      for (Map.Entry<String, byte[]> form : forms(keys.get(i)).entrySet()) {
        byte[] bytes = form.getValue();
        firstTwoBytes.set((bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF));
        byFirstFourBytes
            .computeIfAbsent(head(bytes, 0), head -> new ArrayList<>())
            .add(new Pattern(bytes, form.getKey(), i));
      }
    }
  }

  /** Returns every place in {@code haystack} where a key stands. */
  public List<Finding> in(String place, byte[] haystack) {
    List<Finding> found = new ArrayList<>();
    for (int at = 0; at + 4 <= haystack.length; at++) {
      if (firstTwoBytes.get((haystack[at] & 0xFF) << 8 | (haystack[at + 1] & 0xFF))) {
        for (Pattern pattern : byFirstFourBytes.getOrDefault(head(haystack, at), List.of())) {
          if (startsWith(haystack, at, pattern.bytes)) {
            found.add(new Finding(place, pattern.form, pattern.key, at));
          }
        }
      }
    }
    return found;
  }

  /** Returns the ways in which {@code key} is looked for: name of the form to its bytes. */
  public static Map<String, byte[]> forms(byte[] key) {
    String hex = HexFormat.of().formatHex(key);
    String base64 = Base64.getEncoder().encodeToString(key);
    String unpadded = Base64.getEncoder().withoutPadding().encodeToString(key);
    Map<String, byte[]> forms = new HashMap<>();
    forms.put("raw", key.clone());
    forms.put("hex", latin1(hex));
    forms.put("HEX", latin1(hex.toUpperCase(Locale.ROOT)));
    forms.put("base64", latin1(base64));
    forms.put("base64 unpadded", latin1(unpadded));
    forms.put("base64url", latin1(Base64.getUrlEncoder().encodeToString(key)));
    forms.put(
        "base64url unpadded", latin1(Base64.getUrlEncoder().withoutPadding().encodeToString(key)));
    forms.put("base64 JSON-escaped", latin1(unpadded.replace("/", "\\/")));
    forms.put(
        "base64 JSON-escaped plus",
        latin1(unpadded.replace("/", "\\u002f").replace("+", "\\u002b")));
    forms.put("raw JSON-escaped", jsonEscaped(key));
    return forms;
  }

  private static byte[] jsonEscaped(byte[] key) {
    StringBuilder text = new StringBuilder();
    for (byte b : key) {
      int c = b & 0xFF;
      if (c == '"' || c == '\\') {
        text.append('\\').append((char) c);
      } else if (c >= 0x20 && c < 0x7F) {
        text.append((char) c);
      } else {
        text.append(String.format(Locale.ROOT, "\\u%04x", c));
      }
    }
    return latin1(text.toString());
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static int head(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 24
        | (bytes[at + 1] & 0xFF) << 16
        | (bytes[at + 2] & 0xFF) << 8
        | (bytes[at + 3] & 0xFF);
  }

  private static boolean startsWith(byte[] haystack, int at, byte[] wanted) {
    if (at + wanted.length > haystack.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (haystack[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
