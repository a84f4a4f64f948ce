package io.matrixrtc.testkit.report;

import static java.util.Comparator.comparing;

import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes a trace as one HTML page that needs nothing else: no request leaves it, its content
 * security policy sees to that, and all but the highlighting works without its script.
 */
public final class HtmlReport {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

  private final CallStory story;
  private final ReportSummary summary;
  private final KeyText texts;
  private final Html html = new Html();
  private final List<TraceEvent.AttackTried> attacks;
  private final List<TraceEvent.Checked> checks;

  private HtmlReport(Trace trace, ReportSummary summary) {
    this.story = new CallStory(trace);
    this.summary = summary;
    this.texts = new KeyText(story);
    this.attacks = trace.events(TraceEvent.AttackTried.class);
    this.checks = trace.events(TraceEvent.Checked.class);
  }

  /** Writes the page to a file, replacing it. */
  public static void write(Path file, Trace trace, ReportSummary summary) throws IOException {
    Files.writeString(file, page(trace, summary));
  }

  /** The page as text. */
  public static String page(Trace trace, ReportSummary summary) {
    return new HtmlReport(trace, summary).page();
  }

  /**
   * Whether a call went as it should: every check passed, every attack was withstood, each control
   * succeeded, and the call ended well. A trace without checks and attacks has not passed.
   */
  public static boolean passed(Trace trace) {
    List<TraceEvent.AttackTried> attacks = trace.events(TraceEvent.AttackTried.class);
    List<TraceEvent.Checked> checks = trace.events(TraceEvent.Checked.class);
    List<TraceEvent.CallEnded> ends = trace.events(TraceEvent.CallEnded.class);
    return !(attacks.isEmpty() && checks.isEmpty())
        && attacks.stream().allMatch(TraceEvent.AttackTried::withstood)
        && checks.stream().allMatch(TraceEvent.Checked::passed)
        && !ends.isEmpty()
        && ends.stream().allMatch(TraceEvent.CallEnded::ok);
  }

  private String page() {
    html.trusted("<!doctype html>\n");
    html.open("html", "lang", "en");
    head();
    html.open("body");
    html.element("a", "Skip to the timeline", "class", "skip", "href", "#timeline");
    header();
    html.open("main");
    timeline();
    ReportTables tables = new ReportTables(story, texts, html);
    section(
        "matrix",
        "Who heard whom",
        "Frames that each device decrypted from each other, with the key index of the newest frame.");
    tables.matrix();
    html.closeLine();
    if (!attacks.isEmpty()) {
      section(
          "attacks",
          "Attacks",
          "An attack that fails proves something only if the same means work where they should. That is the control.");
      tables.attacks(
          attacks.stream().sorted(comparing(TraceEvent.AttackTried::withstood)).toList());
      html.closeLine();
    }
    if (!checks.isEmpty()) {
      section("checks", "Checks", "");
      tables.checks(checks.stream().sorted(comparing(TraceEvent.Checked::passed)).toList());
      html.closeLine();
    }
    section(
        "keys",
        "Keys",
        "Every key, and when it reached whom. Keys appear as index and fingerprint, never themselves.");
    tables.keys();
    html.closeLine();
    html.open("section", "id", "events").open("details");
    html.open("summary").element("h2", "All events").close();
    tables.events();
    html.close().closeLine();
    html.closeLine();
    notes();
    html.open("script").trusted(resource("report.js")).closeLine();
    html.close().closeLine();
    return html.toString();
  }

  private void head() {
    html.open("head");
    html.leaf("meta", "charset", "utf-8");
    html.leaf("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
    html.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.leaf("meta", "name", "color-scheme", "content", "light dark");
    html.leaf("link", "rel", "icon", "href", "data:,");
    html.element("title", summary.title());
    html.open("style").trusted(resource("report.css")).closeLine();
    html.closeLine();
  }

  private void header() {
    html.open("header");
    html.open("div", "class", "top");
    verdict();
    html.element("button", "Dark", "type", "button", "id", "theme", "hidden", "");
    html.closeLine();
    html.element("h1", summary.title());
    if (!summary.lead().isEmpty()) {
      html.element("p", summary.lead(), "class", "lead");
    }
    story.trace().events(TraceEvent.CallStarted.class).stream()
        .findFirst()
        .ifPresent(started -> html.element("p", about(started), "class", "about"));
    figures();
    html.closeLine();
  }

  private void verdict() {
    if (passed(story.trace())) {
      html.element("p", "\u2713 Passed", "class", "verdict good");
      return;
    }
    List<String> reasons = new ArrayList<>();
    long failing = checks.stream().filter(check -> !check.passed()).count();
    if (failing > 0) {
      reasons.add(
          failing + " of " + checks.size() + (failing == 1 ? " checks fails" : " checks fail"));
    }
    long open = attacks.stream().filter(attack -> !attack.withstood()).count();
    if (open > 0) {
      reasons.add(
          open
              + " of "
              + attacks.size()
              + (open == 1 ? " attacks was" : " attacks were")
              + " not withstood");
    }
    if (reasons.isEmpty()) {
      reasons.add(
          attacks.isEmpty() && checks.isEmpty()
              ? "nothing was checked"
              : "the call did not end well");
    }
    html.element("p", "\u2715 Not passed: " + String.join(", ", reasons), "class", "verdict bad");
  }

  private String about(TraceEvent.CallStarted started) {
    List<String> parts = new ArrayList<>();
    parts.add("Policy " + started.policy());
    parts.add("seed " + started.seed());
    if (started.speed() != 1) {
      parts.add(String.format(Locale.ROOT, "%.3g times as fast as real time", started.speed()));
    }
    parts.add(started.processes() == 1 ? "one process" : started.processes() + " processes");
    if (!started.room().isBlank()) {
      parts.add(started.room());
    }
    return String.join(" \u00B7 ", parts);
  }

  private void figures() {
    List<ReportSummary.Figure> all = new ArrayList<>();
    if (!checks.isEmpty()) {
      String share = ReportTables.share(checks, TraceEvent.Checked::passed);
      all.add(new ReportSummary.Figure(share, "checks hold", ""));
    }
    if (!attacks.isEmpty()) {
      String share = ReportTables.share(attacks, TraceEvent.AttackTried::withstood);
      all.add(new ReportSummary.Figure(share, "attacks withstood", "each with a control"));
    }
    all.addAll(ReportFigures.of(story));
    all.addAll(summary.figures());
    html.open("dl", "class", "figures");
    for (ReportSummary.Figure figure : all) {
      html.open("div").element("dt", figure.label()).element("dd", figure.value());
      if (!figure.detail().isEmpty()) {
        html.element("dd", figure.detail(), "class", "detail");
      }
      html.close();
    }
    html.closeLine();
  }

  private void timeline() {
    section(
        "timeline",
        "Who had which key, when",
        "Each lane is a device. The thick bars are its own keys, coloured by index; the thin strips"
            + " below show with which key it hears each other device.");
    legend();
    TimelineSvg svg = new TimelineSvg(story, texts, html);
    html.open("div", "class", "plot");
    svg.draw();
    html.close();
    html.open("p", "id", "detail", "aria-live", "polite", "hidden", "");
    html.text("Point at a bar, or tab to the timeline and use the arrow keys.").close();
    if (svg.lanesLeftOut() > 0) {
      html.element("p", svg.lanesLeftOut() + " more participants are not drawn.");
    }
    html.closeLine();
  }

  private void legend() {
    html.open("ul", "class", "legend", "aria-label", "Legend");
    for (String[] entry :
        new String[][] {
          {"l-present", "in the call"},
          {"l-muted", "muted"},
          {"l-change", "joined, left, muted, unmuted"},
          {"l-prepared", "key made, not yet used"},
          {"l-used", "key in use"},
          {"l-arrived", "key arrived"},
          {"l-hears", "heard with it"},
          {"l-failed", "not delivered"}
        }) {
      html.open("li").element("i", "", "class", entry[0]).text(entry[1]).close();
    }
    html.closeLine();
  }

  private void notes() {
    html.open("footer");
    for (String note : summary.notes()) {
      html.element("p", note);
    }
    html.closeLine();
  }

  private void section(String id, String heading, String lead) {
    html.open("section", "id", id, "aria-labelledby", "h-" + id);
    html.element("h2", heading, "id", "h-" + id);
    if (!lead.isEmpty()) {
      html.element("p", lead, "class", "lead");
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }
}
