package io.matrixrtc.testkit.viewer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts events into the words and numbers of a row, see {@link ViewerData}. */
final class EventRows {
  private static final int NONE = -1;

  private final ViewerData data;

  EventRows(ViewerData data) {
    this.data = data;
  }

  ArrayNode row(TraceEntry entry) {
    ArrayNode row = JsonNodeFactory.instance.arrayNode();
    row.add(entry.ms());
    fill(row, entry.event());
    return row;
  }

  private void fill(ArrayNode row, TraceEvent event) {
    if (event instanceof TraceEvent.PresenceChanged e) {
      String change = e.change().name().toLowerCase(Locale.ROOT);
      String text = data.label(e.who()) + " " + change + suffix(e.detail());
      head(row, RowKind.MEMBER, e.who(), false, text, null, NONE).add(change);
    } else if (event instanceof TraceEvent.ParticipantAdded e) {
      String text = data.label(e.who()) + " is " + e.who() + (e.attacker() ? ", an attacker" : "");
      head(row, RowKind.MEMBER, e.who(), false, text, null, NONE).add("added");
    } else if (!key(row, event) && !proof(row, event)) {
      other(row, event);
    }
  }

  private boolean key(ArrayNode row, TraceEvent event) {
    if (event instanceof TraceEvent.KeyMade e) {
      String text = owner(e.key()) + " made " + name(e.key()) + suffix(e.reason());
      head(row, RowKind.MADE, e.key().owner(), false, text, e.key(), NONE);
    } else if (event instanceof TraceEvent.KeyOffered e) {
      way(row, RowKind.OFFERED, e.key(), e.to(), "offers", "to", false, "");
    } else if (event instanceof TraceEvent.KeyServed e) {
      way(row, RowKind.SERVED, e.key(), e.to(), "has sent", "to", false, "");
    } else if (event instanceof TraceEvent.KeyNotServed e) {
      way(row, RowKind.REFUSED, e.key(), e.to(), "could not send", "to", true, e.reason());
    } else if (event instanceof TraceEvent.KeyUsed e) {
      String text = owner(e.key()) + " encrypts with " + name(e.key());
      head(row, RowKind.USED, e.key().owner(), false, text, e.key(), NONE);
    } else if (event instanceof TraceEvent.KeyReceived e) {
      String text = data.label(e.by()) + " received " + name(e.key()) + " of " + owner(e.key());
      head(row, RowKind.RECEIVED, e.by(), false, text, e.key(), data.lane(e.key().owner()));
    } else if (event instanceof TraceEvent.FirstFrameHeard e) {
      String text =
          data.label(e.listener()) + " first hears " + owner(e.key()) + " under " + name(e.key());
      head(row, RowKind.HEARD, e.listener(), false, text, e.key(), data.lane(e.key().owner()));
    } else if (event instanceof TraceEvent.KeyRefused e) {
      String text =
          data.label(e.by()) + " refused a key of " + data.label(e.from()) + suffix(e.reason());
      head(row, RowKind.REFUSED, e.by(), true, text, null, data.lane(e.from()));
    } else {
      return false;
    }
    return true;
  }

  private void way(
      ArrayNode row,
      RowKind kind,
      KeyRef key,
      String to,
      String verb,
      String word,
      boolean bad,
      String reason) {
    String text = owner(key) + " " + verb + " " + name(key) + " " + word + " " + data.label(to);
    head(row, kind, key.owner(), bad, text + suffix(reason), key, data.lane(to));
  }

  private boolean proof(ArrayNode row, TraceEvent event) {
    if (event instanceof TraceEvent.Checked e) {
      String text = e.id() + (e.passed() ? " holds: " : " FAILS: ") + e.claim();
      head(row, RowKind.CHECK, "", !e.passed(), text, null, NONE).add("");
      detail(row, "Expected", e.claim());
      detail(row, e.ok() ? "Seen" : "Seen instead", e.detail());
      control(row, e.control());
    } else if (event instanceof TraceEvent.AttackTried e) {
      String text = e.id() + (e.withstood() ? " withstood: " : " NOT WITHSTOOD: ") + e.attack();
      head(row, RowKind.CHECK, e.attacker(), !e.withstood(), text, null, NONE).add("");
      detail(row, "Result", e.detail());
      control(row, e.control());
    } else {
      return false;
    }
    return true;
  }

  private static void control(ArrayNode row, TraceEvent.@Nullable Control control) {
    if (control != null) {
      String end = control.ok() ? "as it must" : "FAILED";
      detail(row, "Control, " + end, control.what() + suffix(control.detail()));
    }
  }

  private void other(ArrayNode row, TraceEvent event) {
    if (event instanceof TraceEvent.MessageSent e) {
      boolean bad = !e.outcome().startsWith("2");
      String to = e.to().equals("room") ? "the room" : data.label(e.to());
      String text = data.label(e.from()) + " → " + to + ": " + e.type() + suffix(e.outcome());
      head(row, RowKind.MESSAGE, e.from(), bad, text, null, data.lane(e.to())).add("");
      detail(row, "Clear form", e.clear());
      detail(row, e.inClear() ? "Sent in this form, without encryption" : "Sent form", e.sent());
    } else if (event instanceof TraceEvent.FaultChanged e) {
      String text = (e.on() ? "Fault begins: " : "Fault ends: ") + e.fault() + suffix(e.detail());
      head(row, RowKind.FAULT, e.target(), false, text, null, NONE).add(e.on() ? "on" : "off");
    } else if (event instanceof TraceEvent.FramesHeard e) {
      String text =
          data.label(e.listener())
              + " has heard "
              + e.ok()
              + " frames of "
              + data.label(e.sender())
              + (e.failed() + e.missingKey() == 0
                  ? ""
                  : ", " + e.failed() + " failed, " + e.missingKey() + " without a key");
      head(row, RowKind.FRAMES, e.listener(), false, text, null, data.lane(e.sender()));
    } else if (event instanceof TraceEvent.FramesSent e) {
      String text = data.label(e.sender()) + " has sent " + (e.audio() + e.video()) + " frames";
      head(row, RowKind.FRAMES, e.sender(), false, text, null, NONE);
    } else if (event instanceof TraceEvent.Noted e) {
      String who = e.who();
      head(row, RowKind.NOTE, who == null ? "" : who, false, e.text(), null, NONE);
    } else if (event instanceof TraceEvent.CallStarted e) {
      String text =
          "Start: "
              + e.title()
              + ", policy "
              + e.policy()
              + ", seed "
              + e.seed()
              + ", speed "
              + e.speed();
      head(row, RowKind.NOTE, "", false, text, null, NONE);
    } else if (event instanceof TraceEvent.CallEnded e) {
      String text = "End: " + (e.ok() ? "all well" : "failed") + suffix(e.detail());
      head(row, RowKind.NOTE, "", !e.ok(), text, null, NONE);
    } else {
      throw new IllegalStateException("unknown event");
    }
  }

  private ArrayNode head(
      ArrayNode row,
      RowKind kind,
      String who,
      boolean bad,
      String text,
      @Nullable KeyRef key,
      int otherLane) {
    return row.add(kind.number())
        .add(data.lane(who))
        .add(bad ? 1 : 0)
        .add(text)
        .add(key == null ? NONE : data.key(key))
        .add(otherLane);
  }

  private static void detail(ArrayNode row, String label, String text) {
    row.add(label).add(text);
  }

  private String owner(KeyRef key) {
    return data.label(key.owner());
  }

  private static String name(KeyRef key) {
    String generation = key.generation() == 0 ? "" : "+" + key.generation();
    return "key " + key.index() + generation + " (" + key.fingerprint().brief() + ")";
  }

  private static String suffix(String detail) {
    return detail.isEmpty() ? "" : " (" + detail + ")";
  }
}
