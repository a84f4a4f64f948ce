package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a live table shows: the state of the call after the events so far. Not thread-safe. */
final class LiveState {
  /** News that are kept. */
  static final int NEWS = 4;

  /** A member and its state. */
  static final class Member {
    final String who;
    final String label;
    boolean present;
    boolean muted;
    final Map<String, TraceEvent.FramesHeard> hears = new HashMap<>();

    Member(String who, String label) {
      this.who = who;
      this.label = label;
    }
  }

  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<String, String> labels = new HashMap<>();
  private final Deque<String> news = new ArrayDeque<>();
  private long ms;
  private int keys;
  private int served;
  private int notServed;

  /** Takes an event in; returns a line about it if it is worth one. */
  @Nullable String apply(TraceEntry entry) {
    ms = Math.max(ms, entry.ms());
    String line = line(entry.event());
    if (line == null) {
      return null;
    }
    String dated = Html.seconds(entry.ms()) + "  " + line;
    news.addLast(dated);
    if (news.size() > NEWS) {
      news.removeFirst();
    }
    return dated;
  }

  private @Nullable String line(TraceEvent event) {
    if (event instanceof TraceEvent.ParticipantAdded e) {
      labels.put(e.who(), plain(e.label()));
      if (!e.attacker()) {
        members.put(e.who(), new Member(e.who(), plain(e.label())));
      }
    } else if (event instanceof TraceEvent.PresenceChanged e) {
      presence(e);
      return label(e.who()) + " " + KeyText.word(e.change());
    } else if (event instanceof TraceEvent.FramesHeard e) {
      Member listener = members.get(e.listener());
      if (listener != null) {
        listener.hears.put(e.sender(), e);
      }
    } else if (event instanceof TraceEvent.KeyMade) {
      keys++;
    } else if (event instanceof TraceEvent.KeyServed) {
      served++;
    } else if (event instanceof TraceEvent.KeyNotServed e) {
      notServed++;
      String way = label(e.key().owner()) + " to " + label(e.to());
      return "key " + e.key().index() + " not delivered, " + way + ": " + plain(e.reason());
    } else {
      return result(event);
    }
    return null;
  }

  private @Nullable String result(TraceEvent event) {
    if (event instanceof TraceEvent.FaultChanged e) {
      return "fault " + (e.on() ? "on: " : "off: ") + plain(e.fault()) + ", " + label(e.target());
    } else if (event instanceof TraceEvent.AttackTried e) {
      String end = e.succeeded() ? "SUCCEEDED" : e.withstood() ? "withstood" : "UNPROVEN";
      return "attack " + plain(e.id()) + " " + end + ": " + plain(e.detail());
    } else if (event instanceof TraceEvent.Checked e) {
      String end = e.passed() ? "holds" : e.ok() ? "UNPROVEN" : "FAILS";
      return "check " + plain(e.id()) + " " + end + ": " + plain(e.detail());
    }
    return null;
  }

  private void presence(TraceEvent.PresenceChanged event) {
    Member member = members.get(event.who());
    if (member == null) {
      return;
    }
    Presence change = event.change();
    switch (change) {
      case JOINED, REJOINED -> {
        member.present = true;
        member.muted = false;
      }
      case LEFT, LOST -> member.present = false;
      case MUTED -> member.muted = true;
      case UNMUTED -> member.muted = false;
    }
  }

  List<Member> members() {
    return List.copyOf(members.values());
  }

  List<String> news() {
    return List.copyOf(news);
  }

  long ms() {
    return ms;
  }

  /** The call in one line. */
  String summary() {
    long ok = 0;
    long failed = 0;
    long present = 0;
    for (Member member : members.values()) {
      present += member.present ? 1 : 0;
      for (TraceEvent.FramesHeard counts : member.hears.values()) {
        ok += counts.ok();
        failed += counts.failed() + counts.missingKey();
      }
    }
    return ms / 1000
        + " s  "
        + present
        + " in the call, "
        + keys
        + " keys, "
        + served
        + " delivered"
        + (notServed == 0 ? "" : ", " + notServed + " not")
        + ", frames "
        + ok
        + " ok "
        + failed
        + " failed";
  }

  private String label(String who) {
    String label = labels.get(who);
    return label == null ? plain(who) : label;
  }

  /** Text without control characters, which could otherwise steer the reader's terminal. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }
}
