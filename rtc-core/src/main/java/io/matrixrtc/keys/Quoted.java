package io.matrixrtc.keys;

/** Text from outside, made fit for a report or a log line. */
final class Quoted {
  static final int MAX_CHARS = 64;

  private Quoted() {}

  /** At most {@value #MAX_CHARS} characters, none of them a control character. */
  static String text(String raw) {
    return text(raw, MAX_CHARS);
  }

  /** At most {@code maxChars} characters, none of them a control character. */
  static String text(String raw, int maxChars) {
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < raw.length() && clean.length() < maxChars; i++) {
      char c = raw.charAt(i);
      clean.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
    }
    return clean.toString();
  }
}
