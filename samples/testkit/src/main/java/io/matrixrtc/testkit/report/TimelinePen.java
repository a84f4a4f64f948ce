package io.matrixrtc.testkit.report;

import java.util.Arrays;
import java.util.Locale;

/**
 * Draws on a time scale: across, the time of the call from 0 to 100 %, so that one drawing fits
 * every width without scaling its text; down, pixels.
 */
final class TimelinePen {
  private final Html html;
  private final long lengthMs;

  TimelinePen(Html html, long lengthMs) {
    this.html = html;
    this.lengthMs = lengthMs;
  }

  Html html() {
    return html;
  }

  /** A bar from one time to another. */
  void bar(String kind, long fromMs, long toMs, int y, int height) {
    String width = at(Math.max(0, toMs - fromMs));
    String top = Integer.toString(y);
    String tall = Integer.toString(height);
    String[] box = {"x", at(fromMs), "width", width, "y", top, "height", tall};
    html.leaf("rect", join(new String[] {"class", kind, "rx", "2"}, box));
  }

  /** Opens a drawing of its own that cuts off what does not fit between two times. */
  void openWindow(long fromMs, long toMs, int y, int height) {
    String tall = Integer.toString(height);
    html.open(
        "svg",
        "x",
        at(fromMs),
        "width",
        at(toMs - fromMs),
        "y",
        Integer.toString(y),
        "height",
        tall);
  }

  void spot(String kind, long ms, int y, String radius) {
    html.leaf("circle", "class", kind, "cx", at(ms), "cy", Integer.toString(y), "r", radius);
  }

  void line(String kind, long fromMs, int fromY, long toMs, int toY) {
    String[] start = {"x1", at(fromMs), "y1", Integer.toString(fromY)};
    String[] end = {"x2", at(toMs), "y2", Integer.toString(toY)};
    html.leaf("line", join(new String[] {"class", kind}, join(start, end)));
  }

  /** A line from the call's start to its end. */
  void across(String kind, int y) {
    line(kind, 0, y, lengthMs, y);
  }

  /** Text whose place in time is {@code ms}; more attributes as names and values in turn. */
  void text(String kind, String text, long ms, int y, String... more) {
    String[] place = {"class", kind, "x", at(ms), "y", Integer.toString(y)};
    html.element("text", text, join(place, more));
  }

  private String at(long ms) {
    return String.format(Locale.ROOT, "%.3f%%", 100.0 * ms / lengthMs);
  }

  private static String[] join(String[] first, String[] second) {
    String[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
