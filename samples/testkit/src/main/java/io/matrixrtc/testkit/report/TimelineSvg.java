package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.Presence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws the key-sharing timeline. A lane holds, from top to bottom: the name, the time in the call,
 * the own keys, and one strip for each other member, which shows with whose key it hears that
 * member.
 */
final class TimelineSvg {
  /** More lanes than this are not drawn. */
  static final int MAX_LANES = 48;

  /** With more members than this, the strips are left out. */
  static final int MAX_STRIPS = 12;

  private static final int PRESENCE = 21;
  private static final int KEY = 32;
  private static final int KEY_HEIGHT = 22;
  private static final int STRIPS = 67;
  private static final int STRIP = 11;
  private static final int LANE_GAP = 22;

  private final CallStory story;
  private final KeyText texts;
  private final Html html;
  private final TimelinePen pen;
  private final TimelineAxis axis;
  private final List<Lane> lanes;
  private final List<Lane> members;
  private final Map<String, Integer> tops = new HashMap<>();
  private final boolean strips;
  private final int height;

  TimelineSvg(CallStory story, KeyText texts, Html html) {
    this.story = story;
    this.texts = texts;
    this.html = html;
    this.pen = new TimelinePen(html, story.lengthMs());
    this.axis = new TimelineAxis(story, pen);
    this.lanes =
        story.lanes().stream()
            .filter(lane -> !lane.attacker() || !lane.presence().isEmpty())
            .limit(MAX_LANES)
            .toList();
    this.members = lanes.stream().filter(lane -> !lane.attacker()).toList();
    this.strips = members.size() <= MAX_STRIPS;
    int y = axis.height();
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
    String label =
        "Key-sharing timeline. Every bar is a key and leads to its row in the table of keys.";
    String tall = Integer.toString(height);
    html.open(
        "svg",
        "class",
        "timeline",
        "width",
        "100%",
        "height",
        tall,
        "role",
        "group",
        "aria-label",
        label);
    stripes();
    axis.draw(height - LANE_GAP + 8);
    story.keys().forEach(this::ways);
    lanes.forEach(this::lane);
    html.closeLine();
  }

  /** The pattern that a muted member's time is filled with. */
  private void stripes() {
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
    presence(lane, top + PRESENCE);
    for (KeyStory key : lane.keys()) {
      key(key, top + KEY);
    }
    if (!lane.attacker() && strips) {
      strips(lane);
    }
    html.closeLine();
  }

  private void presence(Lane lane, int y) {
    pen.across("base", y + 2);
    for (Lane.Span span : lane.presence()) {
      html.open("g");
      pen.bar(span.muted() ? "present quiet" : "present", span.fromMs(), span.toMs(), y, 5);
      String time = Html.seconds(span.fromMs()) + " to " + Html.seconds(span.toMs());
      String state = span.muted() ? ": muted, " : ": in the call, ";
      html.element("title", lane.label() + state + time).close();
    }
    for (Lane.Change change : lane.changes()) {
      html.open("g", "class", change.change() == Presence.LOST ? "change lost" : "change");
      pen.line("", change.ms(), y - 3, change.ms(), y + 8);
      String what = KeyText.word(change.change()) + " at " + Html.seconds(change.ms());
      html.element("title", lane.label() + " " + what).close();
    }
  }

  private void key(KeyStory key, int y) {
    String number = Integer.toString(key.number());
    String sentence = texts.sentence(key);
    html.open(
        "a",
        "href",
        "#key-" + number,
        "class",
        "key " + color(key),
        "data-key",
        number,
        "aria-label",
        sentence);
    html.element("title", sentence);
    long from = key.shownFromMs();
    pen.bar("prepared", key.madeMs(), from, y + 7, KEY_HEIGHT - 14);
    if (key.usedFromMs() == null) {
      pen.spot("unused", from, y + KEY_HEIGHT / 2, "5");
    } else {
      pen.bar("used", from, key.usedUntilMs(), y, KEY_HEIGHT);
      pen.openWindow(from, key.usedUntilMs(), y, KEY_HEIGHT);
      html.element("text", key.name(), "x", "6", "y", "15").close();
    }
    html.close();
  }

  private void strips(Lane listener) {
    for (Lane sender : members) {
      if (sender.equals(listener)) {
        continue;
      }
      int y = stripY(listener, sender.who());
      pen.text("from", sender.code(), 0, y + 3, "dx", "-8");
      pen.across("base", y);
      for (KeyStory key : sender.keys()) {
        for (KeyStory.Delivery way : key.deliveries()) {
          if (way.to().equals(listener.who())) {
            strip(listener, key, way, y);
          }
        }
      }
    }
  }

  private void strip(Lane listener, KeyStory key, KeyStory.Delivery way, int y) {
    html.open("g", "class", "strip " + color(key), "data-key", Integer.toString(key.number()));
    Long heard = way.heardMs();
    if (heard != null) {
      pen.bar("hears", heard, endOfHearing(listener, key, heard), y - 2, 5);
    }
    Long arrived = way.arrivedMs();
    if (arrived != null) {
      pen.spot("arrived", arrived, y, "2.6");
    }
    Long failed = way.failedMs();
    if (way.failure() != null && failed != null) {
      pen.text("failed", "\u2715", failed, y + 4);
    }
    html.element("title", texts.sentence(key, way)).close();
  }

  private static long endOfHearing(Lane listener, KeyStory key, long heardMs) {
    long end = Math.max(heardMs, key.usedUntilMs());
    for (Lane.Change change : listener.changes()) {
      boolean gone = change.change() == Presence.LEFT || change.change() == Presence.LOST;
      if (gone && change.ms() > heardMs) {
        end = Math.min(end, change.ms());
      }
    }
    return end;
  }

  /** The lines from a key's owner to those it was offered to. */
  private void ways(KeyStory key) {
    Integer top = tops.get(key.key().owner());
    if (top == null || !strips) {
      return;
    }
    html.open("g", "class", "ways " + color(key), "data-key", Integer.toString(key.number()));
    for (KeyStory.Delivery way : key.deliveries()) {
      Long from = way.offeredMs();
      Long to = way.arrivedMs() == null ? way.failedMs() : way.arrivedMs();
      Lane receiver = member(way.to());
      if (from != null && to != null && receiver != null) {
        int y = stripY(receiver, key.key().owner());
        pen.line("", from, top + KEY + KEY_HEIGHT / 2, to, y);
      }
    }
    html.closeLine();
  }

  private @Nullable Lane member(String who) {
    return members.stream().filter(lane -> lane.who().equals(who)).findFirst().orElse(null);
  }

  private int stripY(Lane listener, String sender) {
    int row = 0;
    for (Lane other : members) {
      if (other.who().equals(sender)) {
        break;
      }
      row += other.equals(listener) ? 0 : 1;
    }
    return top(listener) + STRIPS + row * STRIP;
  }

  private int top(Lane lane) {
    Integer top = tops.get(lane.who());
    if (top == null) {
      throw new IllegalStateException("lane is not drawn: " + lane.who());
    }
    return top;
  }

  /** One of eight colours; neighbouring indexes differ. */
  static String color(KeyStory key) {
    return "c" + key.key().index() % 8;
  }
}
