package io.matrixrtc.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The part of a room's state that a session is computed from. */
final class RoomCallState {
  /** As many memberships of one user are kept; the oldest event goes (G1-BOUND). */
  static final int MAX_PER_USER = 64;

  private final Map<String, ReadEvent> events = new LinkedHashMap<>();
  private final Set<String> joined = new HashSet<>();

  /** An event and what it says. */
  record ReadEvent(CallMemberEvent event, MembershipReading reading) {}

  void apply(RoomUpdate update) {
    joined.removeAll(update.notJoined());
    joined.addAll(update.joined());
    update.events().forEach(this::apply);
  }

  Collection<ReadEvent> events() {
    return events.values();
  }

  /** Whether there is a membership under a state key, valid or not. */
  boolean holds(String stateKey) {
    return events.containsKey(stateKey);
  }

  boolean isInRoom(String userId) {
    return joined.contains(userId);
  }

  private void apply(CallMemberEvent event) {
    events.remove(event.stateKey());
    if (!event.isEmpty()) {
      events.put(event.stateKey(), new ReadEvent(event, StateMembershipParser.read(event)));
      List<CallMemberEvent> ofUser =
          events.values().stream()
              .map(ReadEvent::event)
              .filter(other -> other.sender().equals(event.sender()))
              .toList();
      if (ofUser.size() > MAX_PER_USER) {
        ofUser.stream()
            .min(Comparator.comparing(CallMemberEvent::originServerTs))
            .ifPresent(oldest -> events.remove(oldest.stateKey()));
      }
    }
  }
}
