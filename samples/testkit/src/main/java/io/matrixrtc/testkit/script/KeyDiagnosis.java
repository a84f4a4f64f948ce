package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Says from the trace why key sharing did not do what was expected: where a key went astray. */
final class KeyDiagnosis {
  private final CallView view;
  private final UnaryOperator<String> label;

  KeyDiagnosis(CallView view, UnaryOperator<String> label) {
    this.view = view;
    this.label = label;
  }

  static String name(KeyRef key) {
    return "key " + key.index() + " (" + key.fingerprint().brief() + ")";
  }

  static String names(Collection<KeyRef> keys) {
    return keys.isEmpty()
        ? "no key"
        : keys.stream().distinct().map(KeyDiagnosis::name).collect(Collectors.joining(", "));
  }

  /** Why {@code listener} does not hear {@code sender}, one sentence. */
  String whyNotHeard(String listener, String sender) {
    String to = label.apply(listener);
    String from = label.apply(sender);
    Optional<KeyRef> used = view.keyInUse(sender);
    if (used.isEmpty()) {
      return from + " has sent no frame";
    }
    KeyRef key = used.get();
    List<KeyRef> got = received(listener, sender);
    String base = from + " encrypts with " + name(key) + "; ";
    if (got.contains(key)) {
      return base
          + to
          + " has it, and last heard "
          + from
          + " under "
          + view.lastHeard(listener, sender).map(KeyDiagnosis::name).orElse("no key");
    }
    Optional<KeyRef> elsewhere =
        got.stream().filter(one -> one.fingerprint().equals(key.fingerprint())).findFirst();
    if (elsewhere.isPresent()) {
      return base
          + to
          + " was sent that key under the wrong index: "
          + elsewhere.get().index()
          + " in place of "
          + key.index();
    }
    return base + to + " has " + names(got) + " of it; " + whatBecameOf(key, listener);
  }

  /** How far the way of a key to a device went. */
  private String whatBecameOf(KeyRef key, String to) {
    String from = label.apply(key.owner());
    String name = label.apply(to);
    String what = from + " has never offered " + name(key) + " to " + name;
    for (TraceEntry entry : view.since(0)) {
      TraceEvent event = entry.event();
      if (event instanceof TraceEvent.KeyOffered e && isWay(e.key(), e.to(), key, to)) {
        what = "it was offered to " + name + " and not confirmed yet";
      } else if (event instanceof TraceEvent.KeyServed e && isWay(e.key(), e.to(), key, to)) {
        what =
            "it was reported as sent to "
                + name
                + " and never arrived there: this device was skipped, the message is lost, or "
                + name
                + " does not trust its sender";
      } else if (event instanceof TraceEvent.KeyNotServed e && isWay(e.key(), e.to(), key, to)) {
        what = "it was not delivered to " + name + " (" + e.reason() + ")";
      }
    }
    List<String> refusals =
        events(0, TraceEvent.KeyRefused.class).stream()
            .filter(refused -> refused.by().equals(to))
            .map(refused -> refused.from() + ": " + refused.reason())
            .distinct()
            .toList();
    return refusals.isEmpty() ? what : what + "; " + name + " refused keys of " + refusals;
  }

  private static boolean isWay(KeyRef sent, String sentTo, KeyRef key, String to) {
    return sent.equals(key) && sentTo.equals(to);
  }

  /** Why {@code owner} does not use a new key, one sentence. */
  String whyNotRotated(String owner, Moment moment) {
    String name = label.apply(owner);
    List<KeyRef> made =
        events(moment.mark(), TraceEvent.KeyMade.class).stream()
            .map(TraceEvent.KeyMade::key)
            .filter(key -> key.owner().equals(owner))
            .toList();
    Optional<KeyRef> used = view.keyInUse(owner);
    String holders =
        used.map(
                key ->
                    absentSince(moment).stream()
                        .filter(gone -> holds(gone, key))
                        .map(label)
                        .collect(Collectors.joining(", ")))
            .orElse("");
    return name
        + " made "
        + names(made)
        + " since then and encrypts with "
        + used.map(KeyDiagnosis::name).orElse("no key")
        + (holders.isEmpty() ? "" : ", which " + holders + " holds, who is no longer in the call");
  }

  private boolean holds(String identity, KeyRef key) {
    return events(0, TraceEvent.KeyReceived.class).stream()
        .anyMatch(received -> received.by().equals(identity) && received.key().equals(key));
  }

  /** Who left at or after a moment and has not come back. */
  Set<String> absentSince(Moment moment) {
    Set<String> gone = new LinkedHashSet<>();
    for (TraceEvent.PresenceChanged change :
        events(moment.mark(), TraceEvent.PresenceChanged.class)) {
      if (change.change() == Presence.LEFT || change.change() == Presence.LOST) {
        gone.add(change.who());
      } else if (change.change() == Presence.JOINED || change.change() == Presence.REJOINED) {
        gone.remove(change.who());
      }
    }
    return gone;
  }

  /**
   * The keys that {@code owner} encrypted with before those that it knew of were served. It knew of
   * a device if it had served it an earlier key, or had offered it this one. The first key of a
   * join is used at once: nobody hears this device under an older one.
   */
  List<String> usedTooEarly(String owner) {
    Set<String> known = new LinkedHashSet<>();
    Set<String> gone = new LinkedHashSet<>();
    Set<KeyRef> first = new LinkedHashSet<>();
    Map<KeyRef, Set<String>> waiting = new HashMap<>();
    List<String> early = new ArrayList<>();
    for (TraceEntry entry : view.since(0)) {
      TraceEvent event = entry.event();
      if (event instanceof TraceEvent.PresenceChanged e) {
        if (e.change() == Presence.LEFT || e.change() == Presence.LOST) {
          gone.add(e.who());
          known.remove(e.who());
          waiting.values().forEach(devices -> devices.remove(e.who()));
        } else if (e.change() == Presence.JOINED || e.change() == Presence.REJOINED) {
          gone.remove(e.who());
        }
      } else if (event instanceof TraceEvent.KeyMade e && e.key().owner().equals(owner)) {
        waiting.computeIfAbsent(e.key(), key -> new LinkedHashSet<>()).addAll(known);
        if (e.reason().equals(KeyTraces.FIRST_KEY)) {
          first.add(e.key());
        }
      } else if (event instanceof TraceEvent.KeyOffered e && e.key().owner().equals(owner)) {
        if (!gone.contains(e.to())) {
          waiting.computeIfAbsent(e.key(), key -> new LinkedHashSet<>(known)).add(e.to());
        }
      } else if (event instanceof TraceEvent.KeyServed e && e.key().owner().equals(owner)) {
        if (!gone.contains(e.to())) {
          known.add(e.to());
        }
        waiting.getOrDefault(e.key(), new LinkedHashSet<>()).remove(e.to());
      } else if (event instanceof TraceEvent.KeyNotServed e && e.key().owner().equals(owner)) {
        waiting.getOrDefault(e.key(), new LinkedHashSet<>()).remove(e.to());
      } else if (event instanceof TraceEvent.KeyUsed e && e.key().owner().equals(owner)) {
        Set<String> unserved = waiting.getOrDefault(e.key(), Set.of());
        if (!unserved.isEmpty() && !first.contains(e.key())) {
          early.add(
              name(e.key())
                  + " was used at "
                  + entry.ms()
                  + " ms, before it was confirmed as sent to "
                  + unserved.stream().map(label).collect(Collectors.joining(", ")));
        }
      }
    }
    return early;
  }

  /** The last key that {@code owner} encrypted with at an index. */
  Optional<KeyRef> keyUsed(String owner, int index) {
    return events(0, TraceEvent.KeyUsed.class).stream()
        .map(TraceEvent.KeyUsed::key)
        .filter(key -> key.owner().equals(owner) && key.index() == index)
        .reduce((earlier, later) -> later);
  }

  private List<KeyRef> received(String by, String owner) {
    return events(0, TraceEvent.KeyReceived.class).stream()
        .filter(event -> event.by().equals(by) && event.key().owner().equals(owner))
        .map(TraceEvent.KeyReceived::key)
        .distinct()
        .toList();
  }

  private <E extends TraceEvent> List<E> events(int mark, Class<E> kind) {
    return view.since(mark).stream()
        .map(TraceEntry::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }
}
