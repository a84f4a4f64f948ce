package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One event on its way to a set of devices: what is still to do, and what became of the rest. */
final class Delivery {
  private final String id;
  private final String eventType;
  private final ObjectNode content;
  private final Instant startedAt;
  private final Set<UserDevice> waiting;
  private final Set<UserDevice> onTheWire = new TreeSet<>();
  private final Set<UserDevice> asked = new HashSet<>();
  private final Set<UserDevice> claimed = new HashSet<>();
  private final Map<UserDevice, DeliveryOutcome> outcomes = new TreeMap<>();

  Delivery(String id, String eventType, ObjectNode content, Set<UserDevice> to, Instant startedAt) {
    this.id = id;
    this.eventType = eventType;
    this.content = content.deepCopy();
    this.waiting = new TreeSet<>(to);
    this.startedAt = startedAt;
  }

  String id() {
    return id;
  }

  String eventType() {
    return eventType;
  }

  ObjectNode content() {
    return content;
  }

  Instant startedAt() {
    return startedAt;
  }

  /** Devices for which nothing was encrypted yet. */
  Set<UserDevice> waiting() {
    return Set.copyOf(waiting);
  }

  /** Whether this is the first time that {@code device}'s list had to be asked for. */
  boolean askOnce(UserDevice device) {
    return asked.add(device);
  }

  /** Whether this is the first time that a session with {@code device} had to be asked for. */
  boolean claimOnce(UserDevice device) {
    return claimed.add(device);
  }

  void encrypted(UserDevice device) {
    waiting.remove(device);
    onTheWire.add(device);
  }

  void finished(UserDevice device, DeliveryOutcome outcome) {
    waiting.remove(device);
    onTheWire.remove(device);
    outcomes.put(device, outcome);
  }

  /** Whether nothing was encrypted yet. */
  boolean hasNotBegun() {
    return onTheWire.isEmpty() && outcomes.isEmpty();
  }

  boolean isDone() {
    return waiting.isEmpty() && onTheWire.isEmpty();
  }

  Map<UserDevice, DeliveryOutcome> outcomes() {
    return Map.copyOf(outcomes);
  }
}
