package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables of a report: who heard whom, attacks, checks, keys, and the log of events. */
final class ReportTables {
  /** With more members than this the matrix is left out. */
  static final int MAX_MATRIX = 40;

  /** Events after this many are not listed. */
  static final int MAX_EVENTS = 3_000;

  private final CallStory story;
  private final KeyText texts;
  private final Html html;

  ReportTables(CallStory story, KeyText texts, Html html) {
    this.story = story;
    this.texts = texts;
    this.html = html;
  }

  /** Listeners down, senders across. */
  void matrix() {
    List<Lane> members = story.members();
    if (members.size() > MAX_MATRIX) {
      html.element("p", members.size() + " members: too many to show pair by pair.");
      return;
    }
    html.open(
        "div",
        "class",
        "scroll",
        "tabindex",
        "0",
        "role",
        "region",
        "aria-label",
        "Who heard whom");
    html.open("table", "class", "matrix");
    html.open("thead").open("tr");
    html.element("td", "hears \u2192", "class", "corner");
    for (Lane sender : members) {
      html.open("th", "scope", "col");
      html.element("span", sender.label(), "class", "long");
      html.element("abbr", sender.code(), "class", "short", "title", sender.label());
      html.close();
    }
    html.close().close().open("tbody");
    for (Lane listener : members) {
      html.open("tr").open("th", "scope", "row");
      html.element("span", listener.label(), "class", "long");
      html.element("abbr", listener.code(), "class", "short", "title", listener.label());
      html.close();
      for (Lane sender : members) {
        cell(listener, sender);
      }
      html.closeLine();
    }
    html.close().close().closeLine();
  }

  private void cell(Lane listener, Lane sender) {
    TraceEvent.FramesHeard counts = story.heard(listener.who(), sender.who());
    if (listener.equals(sender) || counts == null) {
      html.element("td", listener.equals(sender) ? "" : "\u2013", "class", "none");
      return;
    }
    html.open("td");
    if (counts.index() >= 0) {
      html.element(
          "span",
          Integer.toString(counts.index()),
          "class",
          "index c" + counts.index() % 8,
          "title",
          "key index of the newest frame");
    }
    html.element("span", Html.number(counts.ok()), "class", "ok", "title", "frames decrypted");
    if (counts.failed() > 0) {
      html.element(
          "span",
          "\u2715 " + Html.number(counts.failed()),
          "class",
          "bad",
          "title",
          "frames that were not authentic");
    }
    if (counts.missingKey() > 0) {
      html.element(
          "span",
          "\u25CC " + Html.number(counts.missingKey()),
          "class",
          "missing",
          "title",
          "frames without a key");
    }
    html.close();
  }

  void attacks(List<TraceEvent.AttackTried> attacks) {
    startTable("stack claims", "Result", "Attack", "How it ended", "Control beside it");
    for (TraceEvent.AttackTried attack : attacks) {
      html.open("tr");
      String result =
          attack.succeeded()
              ? "\u2715 succeeded"
              : attack.withstood() ? "\u2713 withstood" : "? unproven";
      cell("Result", result, attack.withstood() ? "verdict good" : "verdict bad");
      html.open("td", "data-label", "Attack").text(attack.attack());
      html.element("small", attack.id() + ", by " + story.label(attack.attacker())).close();
      cell("How it ended", attack.detail(), "");
      control(attack.control());
      html.closeLine();
    }
    endTable();
  }

  void checks(List<TraceEvent.Checked> checks) {
    startTable("stack claims", "Result", "Check", "Measured", "Control beside it");
    for (TraceEvent.Checked check : checks) {
      html.open("tr");
      String result = check.passed() ? "\u2713 holds" : check.ok() ? "? unproven" : "\u2715 fails";
      cell("Result", result, check.passed() ? "verdict good" : "verdict bad");
      html.open("td", "data-label", "Check").text(check.claim());
      html.element("small", check.id()).close();
      cell("Measured", check.detail(), "");
      control(check.control());
      html.closeLine();
    }
    endTable();
  }

  private void control(TraceEvent.@Nullable Control control) {
    if (control == null) {
      cell("Control", "\u2013", "none");
      return;
    }
    html.open("td", "data-label", "Control");
    html.element(
        "span", control.ok() ? "\u2713 " : "\u2715 ", "class", control.ok() ? "good" : "bad");
    html.text(control.what());
    html.element("small", control.detail()).close();
  }

  void keys() {
    startTable("stack", "Key", "Whose", "Made", "In use", "Delivered");
    for (KeyStory key : story.keys()) {
      String number = Integer.toString(key.number());
      html.open("tr", "id", "key-" + number, "data-key", number);
      html.open("td", "data-label", "Key");
      html.element("span", key.name(), "class", "index " + TimelineSvg.color(key));
      html.element(
          "code",
          key.key().fingerprint().brief(),
          "title",
          "fingerprint " + key.key().fingerprint());
      html.close();
      cell("Whose", story.label(key.key().owner()), "");
      html.open("td", "data-label", "Made", "class", "time").text(Html.seconds(key.madeMs()));
      html.element("small", key.reason()).close();
      Long used = key.usedFromMs();
      cell(
          "In use",
          used == null
              ? "never"
              : Html.seconds(used) + " \u2013 " + Html.seconds(key.usedUntilMs()),
          "time");
      html.open("td", "data-label", "Delivered");
      deliveries(key);
      html.close().closeLine();
    }
    endTable();
  }

  private void deliveries(KeyStory key) {
    int to = key.deliveries().size();
    if (to == 0) {
      html.text("to nobody");
      return;
    }
    html.open("details").open("summary");
    html.text(key.served() + " of " + to + " confirmed, " + key.heard() + " heard");
    if (key.failed() > 0) {
      html.element("span", ", " + key.failed() + " failed", "class", "bad");
    }
    html.close();
    html.open("table", "class", "ways-table").open("thead").open("tr");
    for (String head : List.of("To", "Offered", "Confirmed", "Received", "First heard")) {
      html.element("th", head, "scope", "col");
    }
    html.close().close().open("tbody");
    for (KeyStory.Delivery way : key.deliveries()) {
      html.open("tr").element("td", story.label(way.to()));
      time(way.offeredMs());
      String failure = way.failure();
      if (failure == null) {
        time(way.servedMs());
      } else {
        html.element("td", "\u2715 " + failure, "class", "bad");
      }
      time(way.receivedMs());
      time(way.heardMs());
      html.close();
    }
    html.close().close().close();
  }

  private void time(@Nullable Long ms) {
    html.element("td", ms == null ? "\u2013" : Html.seconds(ms), "class", "time");
  }

  void events() {
    html.open("ol", "class", "events");
    int shown = 0;
    int left = 0;
    for (TraceEntry entry : story.trace().entries()) {
      String line = texts.line(entry.event());
      if (line == null) {
        continue;
      }
      if (shown == MAX_EVENTS) {
        left++;
        continue;
      }
      shown++;
      html.open("li").element("time", Html.seconds(entry.ms())).text(" " + line).closeLine();
    }
    html.close();
    if (left > 0) {
      html.element("p", Html.number(left) + " more events are in the trace file.");
    }
  }

  private void cell(String label, String text, String kind) {
    html.element("td", text, "data-label", label, "class", kind);
  }

  private void startTable(String kind, String... heads) {
    html.open("table", "class", kind).open("thead").open("tr");
    for (String head : heads) {
      html.element("th", head, "scope", "col");
    }
    html.close().close().open("tbody");
  }

  private void endTable() {
    html.close().closeLine();
  }

  /** How many of a list satisfy a condition, as {@code 3 of 4}. */
  static <T> String share(List<T> all, Function<T, Boolean> condition) {
    return all.stream().filter(condition::apply).count() + " of " + all.size();
  }
}
