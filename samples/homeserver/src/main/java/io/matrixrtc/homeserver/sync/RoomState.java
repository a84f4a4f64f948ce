package io.matrixrtc.homeserver.sync;

import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.EventType;
import io.matrixrtc.homeserver.rooms.Events;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * HS-STATE-BEFORE, HS-STATE-AFTER: the state that goes with a timeline. The classic form is the
 * state before the first event of the timeline; {@code state_after} is that after the last one, and
 * so repeats state events of the timeline where they are the present value.
 */
final class RoomState {
  private final Events events;

  RoomState(Events events) {
    this.events = events;
  }

  /**
   * The state to give, as far as the filter admits it.
   *
   * @param whole all of it, or only what differs from the state at {@code since}
   */
  Collection<Event> of(
      SyncContext sync, String roomId, boolean whole, long since, long upTo, Timeline timeline) {
    return all(sync, roomId, whole, since, upTo, timeline).stream()
        .filter(sync.filter().state()::admits)
        .toList();
  }

  private Collection<Event> all(
      SyncContext sync, String roomId, boolean whole, long since, long upTo, Timeline timeline) {
    long at = sync.stateAfter() ? upTo : timeline.start();
    Map<String, Event> state = new LinkedHashMap<>();
    if (whole) {
      Set<String> needed = sync.filter().lazyLoadMembers() ? senders(sync, timeline) : Set.of();
      for (Event event : events.stateAt(roomId, at)) {
        boolean left = sync.filter().lazyLoadMembers() && event.type().equals(EventType.MEMBER);
        if (!left || needed.contains(event.stateKey())) {
          state.put(event.eventId(), event);
        }
      }
      return state.values();
    }
    for (Event event : events.oldestAfter(roomId, since, at, Integer.MAX_VALUE)) {
      if (event.isState()) {
        state.put(event.type() + "\0" + event.stateKey(), event);
      }
    }
    if (sync.filter().lazyLoadMembers()) {
      for (String sender : senders(sync, timeline)) {
        events
            .stateAt(roomId, EventType.MEMBER, sender, at)
            .ifPresent(event -> state.put(EventType.MEMBER + "\0" + sender, event));
      }
    }
    return state.values();
  }

  private static Set<String> senders(SyncContext sync, Timeline timeline) {
    Set<String> senders = new HashSet<>();
    senders.add(sync.userId());
    List<Event> given = timeline.events();
    given.forEach(event -> senders.add(event.sender()));
    return senders;
  }
}
