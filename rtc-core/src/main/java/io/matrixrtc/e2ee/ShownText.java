package io.matrixrtc.e2ee;

/** Text from outside, made fit for a log line. */
final class ShownText {
  /** As long as a user id may be. */
  static final int MAX_ID_CHARS = 255;

  private ShownText() {}

  /** At most {@code maxChars} characters, none of them a control or format character. */
  static String of(String raw, int maxChars) {
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < raw.length() && i < maxChars; i++) {
      char c = raw.charAt(i);
      clean.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
    }
    return clean.toString();
  }
}
