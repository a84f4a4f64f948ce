package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.Presence;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws the key-sharing timeline. Horizontal positions are percentages, so that one drawing fits
 * every width without scaling its text; vertical ones are pixels.
 *
 * <p>A lane holds, from top to bottom: the name, the time in the call, the own keys, and one strip
 * for each other member, which shows with whose key it hears that member.
 */
final class TimelineSvg {
  /** More lanes than this are not drawn. */
  static final int MAX_LANES = 48;

  /** With more members than this, the strips are left out. */
  static final int MAX_STRIPS = 12;

  private static final int MAX_FAULTS = 8;
  private static final int AXIS = 26;
  private static final int FAULT = 25;
  private static final int PRESENCE = 21;
  private static final int KEY = 32;
  private static final int KEY_HEIGHT = 22;
  private static final int STRIPS = 67;
  private static final int STRIP = 11;
  private static final int LANE_GAP = 22;
  private static final int[] STEPS_S = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};

  private final CallStory story;
  private final KeyText texts;
  private final Html html;
  private final List<Lane> lanes;
  private final List<Lane> members;
  private final Map<String, Integer> tops = new HashMap<>();
  private final List<CallStory.Fault> faults;
  private final boolean strips;
  private final int height;

  TimelineSvg(CallStory story, KeyText texts, Html html) {
    this.story = story;
    this.texts = texts;
    this.html = html;
    this.lanes =
        story.lanes().stream()
            .filter(lane -> !lane.attacker() || !lane.presence().isEmpty())
            .limit(MAX_LANES)
            .toList();
    this.members = lanes.stream().filter(lane -> !lane.attacker()).toList();
    this.strips = members.size() <= MAX_STRIPS;
    this.faults = story.faults().stream().limit(MAX_FAULTS).toList();
    int y = AXIS + faults.size() * FAULT;
    for (Lane lane : lanes) {
      tops.put(lane.who(), y);
      int rows = lane.attacker() || !strips ? 0 : Math.max(0, members.size() - 1) * STRIP;
      y += (lane.attacker() ? KEY : STRIPS) + rows + LANE_GAP;
    }
    this.height = y;
  }

  /** Lanes that did not fit. */
  int lanesLeftOut() {
    return Math.max(0, story.lanes().size() - MAX_LANES);
  }

  void draw() {
    html.open(
        "svg",
        "class",
        "timeline",
        "width",
        "100%",
        "height",
        Integer.toString(height),
        "role",
        "group",
        "aria-label",
        "Key-sharing timeline. Every bar is a key and leads to its row in the table of keys.");
    html.open("defs");
    html.open(
        "pattern",
        "id",
        "muted",
        "width",
        "5",
        "height",
        "5",
        "patternUnits",
        "userSpaceOnUse",
        "patternTransform",
        "rotate(45)");
    html.leaf("rect", "width", "2", "height", "5", "class", "stripe");
    html.close().closeLine();
    axis();
    faults();
    for (KeyStory key : story.keys()) {
      ways(key);
    }
    for (Lane lane : lanes) {
      lane(lane);
    }
    html.closeLine();
  }

  private void axis() {
    long seconds = Math.max(1, story.lengthMs() / 1000);
    int step = STEPS_S[STEPS_S.length - 1];
    for (int i = STEPS_S.length - 1; i >= 0 && seconds / STEPS_S[i] <= 10; i--) {
      step = STEPS_S[i];
    }
    for (long at = 0; at * 1000 <= story.lengthMs(); at += step) {
      String x = percent(at * 1000);
      line("grid", x, 16, x, height - LANE_GAP + 8);
      boolean last = (at + step) * 1000 > story.lengthMs();
      html.element(
          "text",
          at + (at == 0 || last ? " s" : ""),
          "class",
          "tick" + (at / step % 2 == 1 ? " odd" : ""),
          "x",
          x,
          "y",
          "10");
    }
  }

  private void faults() {
    int y = AXIS - 2;
    for (CallStory.Fault fault : faults) {
      String text = "fault: " + fault.name() + ", " + story.label(fault.target());
      html.open("g", "class", "fault");
      rect("", fault.fromMs(), fault.toMs(), y, 4);
      // In the right half a text ends below its bar's beginning, so that it stays in the drawing.
      boolean right = fault.fromMs() * 2 > story.lengthMs();
      html.element(
          "text",
          text,
          "x",
          percent(fault.fromMs()),
          "y",
          Integer.toString(y + 17),
          "text-anchor",
          right ? "end" : "start");
      html.element(
          "title",
          text
              + ", "
              + Html.seconds(fault.fromMs())
              + " to "
              + Html.seconds(fault.toMs())
              + " "
              + fault.detail());
      html.close();
      y += FAULT;
    }
  }

  private void lane(Lane lane) {
    int top = top(lane);
    html.open("g", "class", lane.attacker() ? "lane attacker" : "lane");
    html.open("text", "class", "name", "x", "0", "y", Integer.toString(top + 12), "dx", "-28");
    html.element("tspan", lane.code(), "class", "code");
    html.element("tspan", lane.label(), "dx", "8");
    if (lane.attacker()) {
      html.element("tspan", "attacker", "class", "aside", "dx", "8");
    }
    html.close();
    presence(lane, top);
    for (KeyStory key : lane.keys()) {
      key(key, top);
    }
    if (!lane.attacker() && strips) {
      strips(lane, top);
    }
    html.closeLine();
  }

  private void presence(Lane lane, int top) {
    line("base", "0%", top + PRESENCE + 2, "100%", top + PRESENCE + 2);
    for (Lane.Span span : lane.presence()) {
      html.open(
          "rect",
          "class",
          span.muted() ? "present quiet" : "present",
          "x",
          percent(span.fromMs()),
          "width",
          percent(span.toMs() - span.fromMs()),
          "y",
          Integer.toString(top + PRESENCE),
          "height",
          "5");
      html.element(
          "title",
          lane.label()
              + (span.muted() ? ": muted, " : ": in the call, ")
              + Html.seconds(span.fromMs())
              + " to "
              + Html.seconds(span.toMs()));
      html.close();
    }
    for (Lane.Change change : lane.changes()) {
      String x = percent(change.ms());
      String kind = change.change() == Presence.LOST ? "change lost" : "change";
      html.open("g", "class", kind);
      line("", x, top + PRESENCE - 3, x, top + PRESENCE + 8);
      html.element(
          "title",
          lane.label() + " " + KeyText.word(change.change()) + " at " + Html.seconds(change.ms()));
      html.close();
    }
  }

  private void key(KeyStory key, int top) {
    String number = Integer.toString(key.number());
    html.open(
        "a",
        "href",
        "#key-" + number,
        "class",
        "key " + color(key),
        "data-key",
        number,
        "aria-label",
        texts.sentence(key));
    html.element("title", texts.sentence(key));
    long from = key.shownFromMs();
    rect("prepared", key.madeMs(), from, top + KEY + 7, KEY_HEIGHT - 14);
    if (key.usedFromMs() != null) {
      rect("used", from, key.usedUntilMs(), top + KEY, KEY_HEIGHT);
      // A nested drawing cuts off a name that its bar has no room for.
      html.open(
          "svg",
          "x",
          percent(from),
          "width",
          percent(key.usedUntilMs() - from),
          "y",
          Integer.toString(top + KEY),
          "height",
          Integer.toString(KEY_HEIGHT));
      html.element("text", key.name(), "x", "6", "y", "15");
      html.close();
    } else {
      html.leaf(
          "circle",
          "class",
          "unused",
          "cx",
          percent(key.madeMs()),
          "cy",
          Integer.toString(top + KEY + KEY_HEIGHT / 2),
          "r",
          "5");
    }
    html.close();
  }

  private void strips(Lane lane, int top) {
    for (Lane sender : members) {
      if (sender == lane) {
        continue;
      }
      int y = stripY(lane, sender.who());
      html.element(
          "text",
          sender.code(),
          "class",
          "from",
          "x",
          "0",
          "y",
          Integer.toString(y + 3),
          "dx",
          "-8");
      line("base", "0%", y, "100%", y);
      for (KeyStory key : sender.keys()) {
        for (KeyStory.Delivery way : key.deliveries()) {
          if (way.to().equals(lane.who())) {
            strip(lane, key, way, y);
          }
        }
      }
    }
  }

  private void strip(Lane lane, KeyStory key, KeyStory.Delivery way, int y) {
    html.open("g", "class", "strip " + color(key), "data-key", Integer.toString(key.number()));
    Long heard = way.heardMs();
    if (heard != null) {
      rect("hears", heard, endOfHearing(lane, key, heard), y - 2, 5);
    }
    Long arrived = way.arrivedMs();
    if (arrived != null) {
      html.leaf(
          "circle",
          "class",
          "arrived",
          "cx",
          percent(arrived),
          "cy",
          Integer.toString(y),
          "r",
          "2.6");
    }
    Long failed = way.failedMs();
    if (way.failure() != null && failed != null) {
      html.element(
          "text", "\u2715", "class", "failed", "x", percent(failed), "y", Integer.toString(y + 4));
    }
    html.element("title", texts.sentence(key, way));
    html.close();
  }

  private long endOfHearing(Lane lane, KeyStory key, long heardMs) {
    long end = Math.max(heardMs, key.usedUntilMs());
    for (Lane.Change change : lane.changes()) {
      boolean gone = change.change() == Presence.LEFT || change.change() == Presence.LOST;
      if (gone && change.ms() > heardMs) {
        end = Math.min(end, change.ms());
      }
    }
    return end;
  }

  /** The lines from a key's owner to those it was offered to. */
  private void ways(KeyStory key) {
    Integer ownTop = tops.get(key.key().owner());
    if (ownTop == null || !strips) {
      return;
    }
    html.open("g", "class", "ways " + color(key), "data-key", Integer.toString(key.number()));
    for (KeyStory.Delivery way : key.deliveries()) {
      Long from = way.offeredMs();
      Long to = way.arrivedMs() == null ? way.failedMs() : way.arrivedMs();
      Lane receiver = member(way.to());
      if (from != null && to != null && receiver != null) {
        int y = stripY(receiver, key.key().owner());
        line("", percent(from), ownTop + KEY + KEY_HEIGHT / 2, percent(to), y);
      }
    }
    html.closeLine();
  }

  private @Nullable Lane member(String who) {
    return members.stream().filter(lane -> lane.who().equals(who)).findFirst().orElse(null);
  }

  private int stripY(Lane lane, String sender) {
    int row = 0;
    for (Lane other : members) {
      if (other.who().equals(sender)) {
        break;
      }
      row += other == lane ? 0 : 1;
    }
    return top(lane) + STRIPS + row * STRIP;
  }

  private int top(Lane lane) {
    Integer top = tops.get(lane.who());
    if (top == null) {
      throw new IllegalStateException("lane is not drawn: " + lane.who());
    }
    return top;
  }

  private void rect(String kind, long fromMs, long toMs, int y, int height) {
    html.leaf(
        "rect",
        "class",
        kind,
        "x",
        percent(fromMs),
        "width",
        percent(Math.max(0, toMs - fromMs)),
        "y",
        Integer.toString(y),
        "height",
        Integer.toString(height),
        "rx",
        "2");
  }

  private void line(String kind, String x1, int y1, String x2, int y2) {
    html.leaf(
        "line",
        "class",
        kind,
        "x1",
        x1,
        "y1",
        Integer.toString(y1),
        "x2",
        x2,
        "y2",
        Integer.toString(y2));
  }

  private String percent(long ms) {
    return String.format(Locale.ROOT, "%.3f%%", 100.0 * ms / story.lengthMs());
  }

  /** One of eight colours; neighbouring indexes differ. */
  static String color(KeyStory key) {
    return "c" + key.key().index() % 8;
  }
}
