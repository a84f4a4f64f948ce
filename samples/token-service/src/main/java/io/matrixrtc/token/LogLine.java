package io.matrixrtc.token;

import java.util.Locale;

/**
 * A log line for people and programs: what happened, then {@code name=value} pairs. Values that are
 * not plain words are quoted and escaped, and cut at {@value #MAX_VALUE} characters, so that what a
 * caller sends cannot make lines or pairs of its own (LOG-FORM).
 */
public final class LogLine {
  /** Longest value. */
  static final int MAX_VALUE = 256;

  private final StringBuilder text;

  private LogLine(String what) {
    this.text = new StringBuilder(what);
  }

  /** Begins a line. */
  public static LogLine of(String what) {
    return new LogLine(what);
  }

  /** Adds a pair. */
  public LogLine with(String name, Object value) {
    String whole = String.valueOf(value);
    String shown = whole.length() > MAX_VALUE ? whole.substring(0, MAX_VALUE) + "…" : whole;
    text.append(' ').append(name).append('=');
    if (shown.matches("[\\p{Alnum}@:!#/+._~*-]+")) {
      text.append(shown);
    } else {
      quote(shown);
    }
    return this;
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' '
          || c == 0x7f
          || Character.getType(c) == Character.FORMAT
          || c == 0x2028
          || c == 0x2029
          || (c >= 0x80 && c < 0xa0)) {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
