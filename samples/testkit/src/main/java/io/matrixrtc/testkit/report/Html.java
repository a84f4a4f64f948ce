package io.matrixrtc.testkit.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes HTML and inline SVG. Every text and attribute value is escaped; only {@link #trusted}
 * takes bytes as they are, and is for our own style sheet and script.
 */
final class Html {
  private final StringBuilder out = new StringBuilder(1 << 16);
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens an element; attributes are names and values in turn. */
  Html open(String tag, String... attributes) {
    start(tag, attributes);
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the element opened last. */
  Html close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Closes the element opened last and begins a new line, which keeps the source readable. */
  Html closeLine() {
    close();
    out.append('\n');
    return this;
  }

  /** An element with nothing in it that HTML writes without an end, or any empty SVG element. */
  Html leaf(String tag, String... attributes) {
    start(tag, attributes);
    out.append("/>");
    return this;
  }

  /** An element that holds only text. */
  Html element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close();
  }

  Html text(String text) {
    escape(text);
    return this;
  }

  /** Our own resources, unescaped. */
  Html trusted(String source) {
    out.append(source);
    return this;
  }

  private void start(String tag, String... attributes) {
    if (attributes.length % 2 != 0) {
      throw new IllegalArgumentException("attributes come as names and values");
    }
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(isShown(c) ? c : '\uFFFD');
      }
    }
  }

  /** Control characters and those that turn the direction of text around are not shown. */
  private static boolean isShown(char c) {
    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
    boolean direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !control && !direction;
  }

  /** Seconds with three decimals, from milliseconds. */
  static String seconds(long ms) {
    return String.format(Locale.ROOT, "%d.%03d s", ms / 1000, Math.abs(ms % 1000));
  }

  /** A number with thin spaces between thousands. */
  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value).replace(',', '\u202F');
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("still open: " + open);
    }
    return out.toString();
  }
}
