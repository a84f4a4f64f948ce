package io.matrixrtc.cli.simulate;

import io.matrixrtc.testkit.simulation.PolicyResult;
import io.matrixrtc.testkit.simulation.PolicyResult.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The results as one HTML page that loads nothing: messages over time, and bars for the rest. */
public final class SimulationPlot {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 320;
  private static final int LEFT = 90;
  private static final int BOTTOM = 30;
  private static final int BAR_HEIGHT = 18;
  private static final List<String> COLOURS =
      List.of("#b3261e", "#1f6feb", "#1a7f37", "#9a6700", "#6e40c9", "#57606a");

  private final String title;
  private final List<PolicyResult> results;
  private final StringBuilder page = new StringBuilder();

  private SimulationPlot(String title, List<PolicyResult> results) {
    this.title = title;
    this.results = results;
  }

  /** The page. {@code title} names preset, seed and receivers. */
  public static String page(String title, List<PolicyResult> results) {
    return new SimulationPlot(title, results).page();
  }

  private String page() {
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta http-equiv=\"Content-Security-Policy\" ")
        .append("content=\"default-src 'none'; style-src 'unsafe-inline'\">")
        .append("<title>")
        .append(escaped(title))
        .append("</title><style>body{font:14px system-ui,sans-serif;margin:2em;max-width:960px}")
        .append("h2{font-size:15px;margin:1.6em 0 .4em}svg{display:block}")
        .append("text{font:12px system-ui,sans-serif;fill:#24292f}")
        .append("@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}")
        .append("text{fill:#e6edf3}}</style></head><body><h1>")
        .append(escaped(title))
        .append("</h1>");
    legend();
    messages();
    bars("Messages in all", PolicyResult::toDeviceMessages, null);
    spreads("From a join until each speaker is heard, ms", PolicyResult::joinToHearMs);
    spreads("Frames that a leaver can read are sent for, ms", PolicyResult::exposureAfterLeaveMs);
    spreads("Frames forged by a leaver are taken for, ms", PolicyResult::forgeableAfterLeaveMs);
    bars(
        "Frames from before their join that joiners can read",
        PolicyResult::exposureBeforeJoinFrames,
        null);
    spreads("From an unmute that was held to its first frame, ms", PolicyResult::unmuteDelayMs);
    bars("Receivers deaf after a ratchet step, ms", PolicyResult::deafReceiverMs, null);
    return page.append("</body></html>\n").toString();
  }

  private void legend() {
    page.append("<p>");
    for (int i = 0; i < results.size(); i++) {
      page.append("<span style=\"color:")
          .append(colour(i))
          .append("\">&#9632;</span> ")
          .append(escaped(results.get(i).policy()))
          .append(" &nbsp; ");
    }
    page.append("</p>");
  }

  private void messages() {
    heading("Messages sent so far (each line of the grid is ten times the one below)");
    long most = results.stream().mapToLong(PolicyResult::toDeviceMessages).max().orElse(1);
    int decades = Math.max(1, (int) Math.ceil(Math.log10(Math.max(10, most))));
    svg(HEIGHT);
    for (int decade = 0; decade <= decades; decade++) {
      double y = y(Math.pow(10, decade), decades);
      page.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#8884\"/>",
              LEFT,
              WIDTH,
              y,
              y));
      text(LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%,.0f", Math.pow(10, decade)));
    }
    for (int i = 0; i < results.size(); i++) {
      line(results.get(i).messagesPerSecond(), decades, colour(i));
    }
    int seconds = results.get(0).messagesPerSecond().size();
    text(LEFT, HEIGHT - 8, "start", "0 s");
    text(WIDTH, HEIGHT - 8, "end", seconds + " s");
    page.append("</svg>");
  }

  private void line(List<Long> perSecond, int decades, String colour) {
    List<String> points = new ArrayList<>();
    long sum = 0;
    for (int second = 0; second < perSecond.size(); second++) {
      sum += perSecond.get(second);
      double x = LEFT + (double) (second + 1) / perSecond.size() * (WIDTH - LEFT);
      points.add(String.format(Locale.ROOT, "%.1f,%.1f", x, y(Math.max(1, sum), decades)));
    }
    page.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
        .append(colour)
        .append("\" points=\"")
        .append(String.join(" ", points))
        .append("\"/>");
  }

  private static double y(double value, int decades) {
    return HEIGHT - BOTTOM - Math.log10(value) / decades * (HEIGHT - BOTTOM - 10);
  }

  private void spreads(String heading, Function<PolicyResult, Spread> spread) {
    bars(
        heading + " (median, and the 99th percentile in a lighter tone)",
        result -> spread.apply(result).p50(),
        result -> spread.apply(result).p99());
  }

  private void bars(
      String heading,
      Function<PolicyResult, Long> value,
      @Nullable Function<PolicyResult, Long> upper) {
    Function<PolicyResult, Long> longest = upper == null ? value : upper;
    long most = Math.max(1, results.stream().mapToLong(longest::apply).max().orElse(1));
    heading(heading);
    svg(results.size() * (BAR_HEIGHT + 6) + 6);
    for (int i = 0; i < results.size(); i++) {
      PolicyResult result = results.get(i);
      double y = 6 + i * (BAR_HEIGHT + 6.0);
      text(LEFT + 30, y + 13, "end", escaped(result.policy()));
      if (upper != null) {
        bar(y, upper.apply(result), most, colour(i), 0.35);
      }
      bar(y, value.apply(result), most, colour(i), 1);
      String label = String.format(Locale.ROOT, "%,d", value.apply(result));
      if (upper != null) {
        label += String.format(Locale.ROOT, " / %,d", upper.apply(result));
      }
      text(LEFT + 44 + length(longest.apply(result), most), y + 13, "start", label);
    }
    page.append("</svg>");
  }

  private void bar(double y, long value, long most, String colour, double opacity) {
    page.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%.1f\" height=\"%d\" width=\"%.1f\" fill=\"%s\" opacity=\"%.2f\"/>",
            LEFT + 38,
            y,
            BAR_HEIGHT,
            length(value, most),
            colour,
            opacity));
  }

  private static double length(long value, long most) {
    return (double) value / most * (WIDTH - LEFT - 200);
  }

  private void heading(String text) {
    page.append("<h2>").append(escaped(text)).append("</h2>");
  }

  private void svg(int height) {
    page.append(
        String.format(
            Locale.ROOT,
            "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">",
            WIDTH + 20,
            height,
            WIDTH + 20,
            height));
  }

  private void text(double x, double y, String anchor, String text) {
    page.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
            x,
            y,
            anchor,
            text));
  }

  private static String colour(int policy) {
    return COLOURS.get(policy % COLOURS.size());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
