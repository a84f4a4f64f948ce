package io.matrixrtc.testkit.relay;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The ways in which JSON writers put the same text or bytes into a string. */
final class JsonForms {
  private static final List<String> SLASHES = List.of("\\/", "\\u002f", "\\u002F");
  private static final List<String> PLUSES = List.of("\\u002b", "\\u002B");

  private JsonForms() {}

  /** Base64 text with its slashes and pluses escaped, in every combination but none at all. */
  static Set<String> ofBase64(String text) {
    Set<String> forms = new LinkedHashSet<>();
    for (String slash : withPlain("/", SLASHES)) {
      for (String plus : withPlain("+", PLUSES)) {
        forms.add(text.replace("/", slash).replace("+", plus));
      }
    }
    forms.remove(text);
    return forms;
  }

  /**
   * Bytes as a string of the characters U+0000 to U+00FF: with every one escaped, with those beyond
   * ASCII escaped, or with the necessary ones alone.
   */
  static Set<String> ofBytes(byte[] bytes) {
    Set<String> forms = new LinkedHashSet<>();
    for (String digits : List.of("%04x", "%04X")) {
      forms.add(write(bytes, digits, 0, "/", false));
      for (String slash : List.of("/", "\\/")) {
        forms.add(write(bytes, digits, 0x80, slash, true));
        forms.add(write(bytes, digits, 0x100, slash, true));
      }
    }
    return forms;
  }

  private static String write(
      byte[] bytes, String digits, int escapedFrom, String slash, boolean shortForms) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      int code = Byte.toUnsignedInt(each);
      int special = "\b\t\n\f\r\"\\".indexOf(code);
      if (shortForms && special >= 0) {
        text.append('\\').append("btnfr\"\\".charAt(special));
      } else if (code < 0x20 || code >= escapedFrom) {
        text.append("\\u").append(String.format(digits, code));
      } else {
        text.append(code == '/' ? slash : String.valueOf((char) code));
      }
    }
    return text.toString();
  }

  private static List<String> withPlain(String plain, List<String> escaped) {
    return Stream.concat(Stream.of(plain), escaped.stream()).toList();
  }
}
