package io.matrixrtc.json;

/** Halves of surrogate pairs, which JSON can write as escapes and UTF-8 cannot hold. */
final class SurrogateEscapes {
  private static final int ESCAPE_LENGTH = 6;

  private SurrogateEscapes() {}

  /**
   * Replaces the escapes of surrogates by the characters, which says the same: Jackson refuses a
   * whole document for half of an escaped pair in a name.
   */
  static String resolved(String text) {
    StringBuilder resolved = new StringBuilder(text.length());
    int copied = 0;
    int at = text.indexOf('\\');
    while (at >= 0) {
      int end = at + 2; // an escaped backslash escapes nothing
      if (isSurrogateEscape(text, at)) {
        end = at + ESCAPE_LENGTH;
        resolved.append(text, copied, at).append((char) Integer.parseInt(text, at + 2, end, 16));
        copied = end;
      }
      at = text.indexOf('\\', end);
    }
    return resolved.append(text, copied, text.length()).toString();
  }

  private static boolean isSurrogateEscape(String text, int at) {
    return text.length() - at >= ESCAPE_LENGTH
        && text.charAt(at + 1) == 'u'
        && "dD".indexOf(text.charAt(at + 2)) >= 0
        && "89abABcdefCDEF".indexOf(text.charAt(at + 3)) >= 0
        && isHexDigit(text.charAt(at + 4))
        && isHexDigit(text.charAt(at + 5));
  }

  private static boolean isHexDigit(char digit) {
    return digit < 128 && Character.digit(digit, 16) >= 0;
  }

  /** Whether {@code text} holds half of a pair. */
  static boolean isBroken(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
