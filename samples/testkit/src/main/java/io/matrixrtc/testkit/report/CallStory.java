package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A trace, sorted by participant and by key. Built once; not thread-safe while it is built. */
final class CallStory {
  private final Trace trace;
  private final long lengthMs;
  private final Map<String, TraceEvent.ParticipantAdded> participants = new LinkedHashMap<>();
  private final Map<String, List<Lane.Change>> changes = new LinkedHashMap<>();
  private final Map<KeyRef, KeyBuilder> keys = new LinkedHashMap<>();
  private final Map<String, Map<String, TraceEvent.FramesHeard>> heard = new LinkedHashMap<>();
  private final Map<String, TraceEvent.FramesSent> sent = new LinkedHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final List<KeyStory> stories = new ArrayList<>();

  CallStory(Trace trace) {
    this.trace = trace;
    this.lengthMs = Math.max(1, trace.lengthMs());
    for (TraceEntry entry : trace.entries()) {
      read(entry.ms(), entry.event());
    }
    tellKeys();
    tellLanes();
  }

  Trace trace() {
    return trace;
  }

  /** Length of the call in milliseconds, at least 1. */
  long lengthMs() {
    return lengthMs;
  }

  /** Everyone, in the order they were added, attackers last. */
  List<Lane> lanes() {
    return lanes;
  }

  /** The participants that belong to the call. */
  List<Lane> members() {
    return lanes.stream().filter(lane -> !lane.attacker()).toList();
  }

  /** All keys in order of making. */
  List<KeyStory> keys() {
    return stories;
  }

  /** The last frame counts of a listener for a sender, or null if there are none. */
  TraceEvent.@Nullable FramesHeard heard(String listener, String sender) {
    return heard.getOrDefault(listener, Map.of()).get(sender);
  }

  /** The last counts of all senders. */
  Map<String, TraceEvent.FramesSent> sent() {
    return sent;
  }

  /** The last counts of all pairs. */
  List<TraceEvent.FramesHeard> allHeard() {
    return heard.values().stream().flatMap(senders -> senders.values().stream()).toList();
  }

  /** What people call a participant. */
  String label(String who) {
    TraceEvent.ParticipantAdded participant = participants.get(who);
    return participant == null ? who : participant.label();
  }

  /** Distinct Matrix users among the members. */
  long users() {
    return participants.values().stream()
        .filter(participant -> !participant.attacker())
        .map(TraceEvent.ParticipantAdded::user)
        .distinct()
        .count();
  }

  /** A fault and the time it lasted. */
  record Fault(String name, String target, String detail, long fromMs, long toMs) {
    Fault until(long ms) {
      return new Fault(name, target, detail, fromMs, ms);
    }
  }

  /** All faults in the order they began. */
  List<Fault> faults() {
    Map<String, Fault> open = new LinkedHashMap<>();
    List<Fault> all = new ArrayList<>();
    for (TraceEntry entry : trace.entries()) {
      if (entry.event() instanceof TraceEvent.FaultChanged e) {
        Fault before = open.remove(e.fault() + "\n" + e.target());
        if (before != null) {
          all.set(all.indexOf(before), before.until(entry.ms()));
        }
        if (e.on()) {
          Fault begun = new Fault(e.fault(), e.target(), e.detail(), entry.ms(), lengthMs);
          open.put(e.fault() + "\n" + e.target(), begun);
          all.add(begun);
        }
      }
    }
    return List.copyOf(all);
  }

  private void read(long ms, TraceEvent event) {
    if (event instanceof TraceEvent.ParticipantAdded added) {
      participants.put(added.who(), added);
    } else if (event instanceof TraceEvent.PresenceChanged changed) {
      changes
          .computeIfAbsent(changed.who(), who -> new ArrayList<>())
          .add(new Lane.Change(ms, changed.change(), changed.detail()));
    } else if (event instanceof TraceEvent.FramesHeard counts) {
      heard
          .computeIfAbsent(counts.listener(), who -> new LinkedHashMap<>())
          .put(counts.sender(), counts);
    } else if (event instanceof TraceEvent.FramesSent counts) {
      sent.put(counts.sender(), counts);
    } else {
      readKeyEvent(ms, event);
    }
  }

  private void readKeyEvent(long ms, TraceEvent event) {
    if (event instanceof TraceEvent.KeyMade made) {
      key(made.key(), ms).reason = made.reason();
    } else if (event instanceof TraceEvent.KeyOffered offered) {
      key(offered.key(), ms).way(offered.to()).offeredMs = ms;
    } else if (event instanceof TraceEvent.KeyServed served) {
      key(served.key(), ms).way(served.to()).servedMs = ms;
    } else if (event instanceof TraceEvent.KeyNotServed failed) {
      key(failed.key(), ms).way(failed.to()).failure = failed.reason();
      key(failed.key(), ms).way(failed.to()).failedMs = ms;
    } else if (event instanceof TraceEvent.KeyUsed used) {
      KeyBuilder key = key(used.key(), ms);
      key.usedFromMs = key.usedFromMs == null ? Long.valueOf(ms) : key.usedFromMs;
    } else if (event instanceof TraceEvent.KeyReceived received) {
      key(received.key(), ms).way(received.by()).receivedMs = ms;
    } else if (event instanceof TraceEvent.FirstFrameHeard first) {
      WayBuilder way = key(first.key(), ms).way(first.listener());
      way.heardMs = way.heardMs == null ? Long.valueOf(ms) : way.heardMs;
    }
  }

  private KeyBuilder key(KeyRef key, long ms) {
    return keys.computeIfAbsent(key, made -> new KeyBuilder(made, ms));
  }

  private void tellKeys() {
    for (KeyBuilder key : keys.values()) {
      stories.add(key.tell(stories.size() + 1, endOfUse(key)));
    }
  }

  /** When the owner used another key, or went away. */
  private long endOfUse(KeyBuilder key) {
    Long from = key.usedFromMs;
    if (from == null) {
      return key.madeMs;
    }
    long end = lengthMs;
    for (KeyBuilder other : keys.values()) {
      Long next = other.usedFromMs;
      if (other != key
          && other.ref.owner().equals(key.ref.owner())
          && next != null
          && next > from) {
        end = Math.min(end, next);
      }
    }
    for (Lane.Change change : changes.getOrDefault(key.ref.owner(), List.of())) {
      boolean gone = change.change() == Presence.LEFT || change.change() == Presence.LOST;
      if (gone && change.ms() > from) {
        end = Math.min(end, change.ms());
      }
    }
    return end;
  }

  private void tellLanes() {
    Set<String> codes = new HashSet<>();
    Map<String, Long> sameLetter = new HashMap<>();
    List<TraceEvent.ParticipantAdded> ordered = new ArrayList<>(participants.values());
    ordered.sort(Comparator.comparing(TraceEvent.ParticipantAdded::attacker));
    ordered.forEach(added -> sameLetter.merge(letter(added.label()), 1L, Long::sum));
    for (TraceEvent.ParticipantAdded added : ordered) {
      String code = letter(added.label());
      if (sameLetter.getOrDefault(code, 0L) > 1) {
        int number = 1;
        while (codes.contains(code + number)) {
          number++;
        }
        code += number;
      }
      codes.add(code);
      List<Lane.Change> own = changes.getOrDefault(added.who(), List.of());
      List<KeyStory> ownKeys =
          stories.stream().filter(story -> story.key().owner().equals(added.who())).toList();
      lanes.add(
          new Lane(added.who(), added.label(), code, added.attacker(), spans(own), own, ownKeys));
    }
  }

  private static String letter(String label) {
    return label.isEmpty() ? "?" : label.substring(0, 1).toUpperCase(Locale.ROOT);
  }

  private List<Lane.Span> spans(List<Lane.Change> own) {
    List<Lane.Span> spans = new ArrayList<>();
    long from = -1;
    boolean muted = false;
    for (Lane.Change change : own) {
      if (from >= 0 && change.ms() > from) {
        spans.add(new Lane.Span(from, change.ms(), muted));
      }
      switch (change.change()) {
        case JOINED, REJOINED -> {
          from = change.ms();
          muted = false;
        }
        case LEFT, LOST -> from = -1;
        case MUTED -> {
          from = from < 0 ? -1 : change.ms();
          muted = true;
        }
        case UNMUTED -> {
          from = from < 0 ? -1 : change.ms();
          muted = false;
        }
      }
    }
    if (from >= 0 && lengthMs > from) {
      spans.add(new Lane.Span(from, lengthMs, muted));
    }
    return List.copyOf(spans);
  }

  private static final class KeyBuilder {
    final KeyRef ref;
    final long madeMs;
    final Map<String, WayBuilder> ways = new LinkedHashMap<>();
    String reason = "";
    @Nullable Long usedFromMs;

    KeyBuilder(KeyRef ref, long madeMs) {
      this.ref = ref;
      this.madeMs = madeMs;
    }

    WayBuilder way(String to) {
      return ways.computeIfAbsent(to, who -> new WayBuilder());
    }

    KeyStory tell(int number, long usedUntilMs) {
      List<KeyStory.Delivery> deliveries = new ArrayList<>();
      ways.forEach((to, way) -> deliveries.add(way.tell(to)));
      return new KeyStory(
          number, ref, madeMs, reason, usedFromMs, usedUntilMs, List.copyOf(deliveries));
    }
  }

  private static final class WayBuilder {
    @Nullable Long offeredMs;
    @Nullable Long servedMs;
    @Nullable Long receivedMs;
    @Nullable Long heardMs;
    @Nullable Long failedMs;
    @Nullable String failure;

    KeyStory.Delivery tell(String to) {
      // A failure that a later attempt made good is no failure.
      boolean mended = servedMs != null && failedMs != null && servedMs >= failedMs;
      return new KeyStory.Delivery(
          to, offeredMs, servedMs, receivedMs, heardMs, failedMs, mended ? null : failure);
    }
  }
}
