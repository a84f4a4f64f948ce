package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A room that keeps call member state and tells every session at once. As with real homeservers,
 * state that is put again with equal content is the old event.
 */
final class SimulatedRoom {
  final List<CallMemberEvent> log = new ArrayList<>();
  final Map<String, CallMemberEvent> state = new LinkedHashMap<>();
  final Set<String> joined = new LinkedHashSet<>();
  final List<RtcSession> sessions = new ArrayList<>();

  /** The next answer instead of success, if any. */
  Supplier<PublishOutcome> refusal = () -> null;

  /** How long a change takes to reach a session; the order is kept. */
  Supplier<Duration> latency = () -> Duration.ZERO;

  private final Map<RtcSession, Instant> lastArrival = new LinkedHashMap<>();
  private final VirtualTime time;
  private int lastEvent;

  SimulatedRoom(VirtualTime time) {
    this.time = time;
  }

  /** State events of a user, and nothing else. */
  RoomStatePublisher publisher(String userId) {
    return StatePublisher.of((type, stateKey, content) -> put(userId, stateKey, content));
  }

  private CompletionStage<PublishOutcome> put(String sender, String stateKey, ObjectNode content) {
    PublishOutcome no = refusal.get();
    if (no != null) {
      return CompletableFuture.completedFuture(no);
    }
    CallMemberEvent present = state.get(stateKey);
    CallMemberEvent event =
        present != null && present.sender().equals(sender) && present.content().equals(content)
            ? present
            : set(sender, stateKey, content, time.now());
    return CompletableFuture.completedFuture(new PublishOutcome.Published(event.eventId()));
  }

  CallMemberEvent set(String sender, String stateKey, ObjectNode content, Instant at) {
    CallMemberEvent event = new CallMemberEvent("$" + ++lastEvent, stateKey, sender, at, content);
    log.add(event);
    state.put(stateKey, event);
    RoomUpdate update = new RoomUpdate(List.of(event), Set.of(), Set.of());
    List.copyOf(sessions).forEach(session -> tell(session, update));
    return event;
  }

  private void tell(RtcSession session, RoomUpdate update) {
    Instant at = time.now().plus(latency.get());
    Instant last = lastArrival.getOrDefault(session, Instant.EPOCH);
    Instant arrival = at.isBefore(last) ? last : at;
    lastArrival.put(session, arrival);
    if (arrival.equals(time.now())) {
      session.onRoomUpdate(update);
    } else {
      time.schedule(arrival, () -> session.onRoomUpdate(update));
    }
  }

  void joinRoom(String userId) {
    joined.add(userId);
    sessions.forEach(
        session -> session.onRoomUpdate(new RoomUpdate(List.of(), Set.of(userId), Set.of())));
  }

  void leaveRoom(String userId) {
    joined.remove(userId);
    sessions.forEach(
        session -> session.onRoomUpdate(new RoomUpdate(List.of(), Set.of(), Set.of(userId))));
  }

  void attach(RtcSession session) {
    sessions.add(session);
    session.onRoomUpdate(new RoomUpdate(List.copyOf(state.values()), joined, Set.of()));
  }
}
