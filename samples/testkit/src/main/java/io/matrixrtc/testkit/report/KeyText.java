package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEvent;
import org.jspecify.annotations.Nullable;

/** Says in words what a report shows. */
final class KeyText {
  private final CallStory story;

  KeyText(CallStory story) {
    this.story = story;
  }

  /** All about a key in a few sentences. */
  String sentence(KeyStory key) {
    StringBuilder text = new StringBuilder();
    text.append(story.label(key.key().owner())).append(", key ").append(key.name());
    if (!key.reason().isEmpty()) {
      text.append(" (").append(key.reason()).append(')');
    }
    text.append(". Made at ").append(Html.seconds(key.madeMs()));
    Long used = key.usedFromMs();
    if (used == null) {
      text.append(", never used.");
    } else {
      text.append(", used from ").append(Html.seconds(used));
      text.append(" to ").append(Html.seconds(key.usedUntilMs())).append('.');
    }
    int offered = key.deliveries().size();
    text.append(" Confirmed by ").append(key.served()).append(" of ").append(offered);
    text.append(", heard by ").append(key.heard()).append('.');
    if (key.failed() > 0) {
      text.append(" Not delivered to ").append(key.failed()).append('.');
    }
    return text.append(" Fingerprint ").append(key.key().fingerprint()).append('.').toString();
  }

  /** The way of a key to one device. */
  String sentence(KeyStory key, KeyStory.Delivery way) {
    StringBuilder text = new StringBuilder();
    text.append(story.label(key.key().owner())).append(" \u2192 ").append(story.label(way.to()));
    text.append(", key ").append(key.name());
    append(text, ": offered ", way.offeredMs());
    append(text, ", confirmed ", way.servedMs());
    append(text, ", received ", way.receivedMs());
    append(text, ", first heard ", way.heardMs());
    if (way.failure() != null) {
      text.append(", not delivered: ").append(way.failure());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String what, @Nullable Long ms) {
    if (ms != null) {
      text.append(what).append(Html.seconds(ms));
    }
  }

  static String word(Presence change) {
    return switch (change) {
      case JOINED -> "joined";
      case REJOINED -> "joined again";
      case LEFT -> "left";
      case LOST -> "was lost";
      case MUTED -> "was muted";
      case UNMUTED -> "was unmuted";
    };
  }

  /** An event as a line of the log, or null for those that are only counted. */
  @Nullable String line(TraceEvent event) {
    if (event instanceof TraceEvent.PresenceChanged e) {
      return story.label(e.who()) + " " + word(e.change()) + suffix(e.detail());
    } else if (event instanceof TraceEvent.KeyMade e) {
      return story.label(e.key().owner()) + " made key " + e.key().index() + suffix(e.reason());
    } else if (event instanceof TraceEvent.KeyOffered e) {
      return way(e.key(), e.to()) + " offered";
    } else if (event instanceof TraceEvent.KeyServed e) {
      return way(e.key(), e.to()) + " confirmed";
    } else if (event instanceof TraceEvent.KeyNotServed e) {
      return way(e.key(), e.to()) + " not delivered" + suffix(e.reason());
    } else if (event instanceof TraceEvent.KeyReceived e) {
      return way(e.key(), e.by()) + " received";
    } else if (event instanceof TraceEvent.KeyUsed e) {
      return story.label(e.key().owner()) + " uses key " + e.key().index();
    } else if (event instanceof TraceEvent.KeyRefused e) {
      return story.label(e.by())
          + " refused key "
          + e.index()
          + " of "
          + story.label(e.from())
          + suffix(e.reason());
    } else if (event instanceof TraceEvent.FirstFrameHeard e) {
      return way(e.key(), e.listener()) + " first heard";
    } else if (event instanceof TraceEvent.FaultChanged e) {
      return "Fault " + (e.on() ? "on: " : "off: ") + e.fault() + suffix(e.detail());
    } else if (event instanceof TraceEvent.AttackTried e) {
      return "Attack " + e.id() + (e.succeeded() ? " succeeded" : " failed") + suffix(e.attack());
    } else if (event instanceof TraceEvent.Checked e) {
      return "Check " + e.id() + (e.passed() ? " passed" : " failed") + suffix(e.claim());
    } else if (event instanceof TraceEvent.Noted e) {
      String who = e.who();
      return (who == null ? "" : story.label(who) + ": ") + e.text();
    } else if (event instanceof TraceEvent.CallStarted e) {
      return "Call started" + suffix(e.title());
    } else if (event instanceof TraceEvent.CallEnded e) {
      return "Call ended" + suffix(e.detail());
    }
    return null;
  }

  private String way(KeyRef key, String to) {
    return story.label(key.owner()) + " \u2192 " + story.label(to) + ", key " + key.index();
  }

  private static String suffix(String detail) {
    return detail.isEmpty() ? "" : " (" + detail + ")";
  }
}
