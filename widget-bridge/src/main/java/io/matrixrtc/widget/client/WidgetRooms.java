package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.SlotEvent;
import io.matrixrtc.session.StickyMemberEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a host tells of a widget's rooms, for the calls in them: the whole state first, then each
 * change (CLIENT-FEED). Confined to the client's scheduler.
 */
final class WidgetRooms {
  /** Sticky memberships that are kept for calls which are attached later; the oldest goes. */
  static final int MAX_STICKY = 1_024;

  private static final Set<String> KEPT =
      Set.of(CallMemberEvent.TYPE, SlotEvent.TYPE, RoomReading.MEMBER, RoomReading.ENCRYPTION);

  private final Map<Place, ObjectNode> state = new LinkedHashMap<>();
  private final Deque<ObjectNode> sticky = new ArrayDeque<>();
  private final List<Attached> calls = new ArrayList<>();
  private final List<Attached> early = new ArrayList<>();
  private boolean ready;

  /** Where a state event stands. As many are kept as a room has: the host bounds that. */
  private record Place(String roomId, String type, String stateKey) {}

  /** A call of a room; equal only to itself. */
  static final class Attached {
    private final String roomId;
    private final CallInput call;
    private final Runnable begun;

    private Attached(String roomId, CallInput call, Runnable begun) {
      this.roomId = roomId;
      this.call = call;
      this.begun = begun;
    }
  }

  /**
   * Tells {@code call} of a room from now on.
   *
   * @param begun run once the whole state was handed on
   */
  Attached attach(String roomId, CallInput call, Runnable begun, Instant now) {
    Attached attached = new Attached(roomId, call, begun);
    early.add(attached);
    if (ready) {
      onReady(now);
    }
    return attached;
  }

  void detach(Attached attached) {
    calls.remove(attached);
    early.remove(attached);
  }

  /** The widget knows its room: calls that wait for that begin. */
  void onReady(Instant now) {
    ready = true;
    List<Attached> waiting = List.copyOf(early);
    early.clear();
    for (Attached attached : waiting) {
      attached.call.onRoomUpdate(
          RoomUpdate.ofState(
              state.entrySet().stream()
                  .filter(entry -> entry.getKey().roomId.equals(attached.roomId))
                  .map(Map.Entry::getValue)
                  .toList()));
      sticky.stream()
          .filter(event -> room(event).equals(attached.roomId))
          .flatMap(event -> RoomReading.ofEvent(event, now).stream())
          .forEach(attached.call::onRoomUpdate);
      calls.add(attached);
      attached.begun.run();
    }
  }

  void onState(List<ObjectNode> entries) {
    Map<String, List<ObjectNode>> byRoom = new LinkedHashMap<>();
    for (ObjectNode entry : entries) {
      String type = entry.path("type").asText();
      if (KEPT.contains(type)) {
        Place place = new Place(room(entry), type, entry.path("state_key").asText());
        state.remove(place);
        state.put(place, entry);
        byRoom.computeIfAbsent(place.roomId, id -> new ArrayList<>()).add(entry);
      }
    }
    byRoom.forEach((roomId, changed) -> tell(roomId, RoomUpdate.ofState(changed)));
  }

  void onEvent(ObjectNode event, Instant now) {
    if (event.path("type").asText().equals(StickyMemberEvent.TYPE)) {
      sticky.add(event);
      if (sticky.size() > MAX_STICKY) {
        sticky.remove();
      }
    }
    RoomReading.ofEvent(event, now).ifPresent(update -> tell(room(event), update));
  }

  /** The host has answered (CLIENT-VIEW). */
  void onHostAlive() {
    List.copyOf(calls).forEach(attached -> attached.call.onSynced());
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  private void tell(String roomId, RoomUpdate update) {
    List.copyOf(calls).stream()
        .filter(attached -> attached.roomId.equals(roomId))
        .forEach(attached -> attached.call.onRoomUpdate(update));
  }

  private static String room(ObjectNode event) {
    return event.path("room_id").asText();
  }
}
