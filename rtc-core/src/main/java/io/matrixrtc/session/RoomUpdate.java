package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What one sync answer changed in a room, as far as a session needs it. Applied as a whole, then
 * the members are computed once.
 *
 * @param events call member state events, in timeline order; a later one replaces an earlier one of
 *     the same state key
 * @param joined users who are now joined to the room
 * @param notJoined users who no longer are
 * @param sticky sticky member events in any order, from the timeline and from the sticky section
 * @param slots slot state events, a later one replacing an earlier one
 * @param redacted events that were redacted
 * @param notices call notifications and declines, in timeline order
 * @param encrypted whether this says that the room is encrypted; that never ends
 * @param devicesChanged users whose devices are others now, in this room or elsewhere
 */
public record RoomUpdate(
    List<CallMemberEvent> events,
    Set<String> joined,
    Set<String> notJoined,
    List<StickyMemberEvent> sticky,
    List<SlotEvent> slots,
    Set<String> redacted,
    List<CallNoticeEvent> notices,
    boolean encrypted,
    Set<String> devicesChanged) {
  public RoomUpdate {
    events = List.copyOf(events);
    joined = Set.copyOf(joined);
    notJoined = Set.copyOf(notJoined);
    sticky = List.copyOf(sticky);
    slots = List.copyOf(slots);
    redacted = Set.copyOf(redacted);
    notices = List.copyOf(notices);
    devicesChanged = Set.copyOf(devicesChanged);
  }

  /** Nothing about encryption and devices. */
  public RoomUpdate(
      List<CallMemberEvent> events,
      Set<String> joined,
      Set<String> notJoined,
      List<StickyMemberEvent> sticky,
      List<SlotEvent> slots,
      Set<String> redacted,
      List<CallNoticeEvent> notices) {
    this(events, joined, notJoined, sticky, slots, redacted, notices, false, Set.of());
  }

  /** State-event memberships and the members of the room alone. */
  public RoomUpdate(List<CallMemberEvent> events, Set<String> joined, Set<String> notJoined) {
    this(events, joined, notJoined, List.of(), List.of(), Set.of(), List.of());
  }

  /**
   * What state events say about members, call memberships, slots and encryption. Of two events for
   * one state key the later counts; events of another shape say nothing.
   *
   * @param state whole events, as a sync answer or a widget host gives them
   */
  public static RoomUpdate ofState(Collection<ObjectNode> state) {
    return RoomStateReader.read(state);
  }

  /** Sticky member events alone. */
  public static RoomUpdate ofSticky(List<StickyMemberEvent> sticky) {
    return new RoomUpdate(List.of(), Set.of(), Set.of(), sticky, List.of(), Set.of(), List.of());
  }

  /** Slot events alone. */
  public static RoomUpdate ofSlots(List<SlotEvent> slots) {
    return new RoomUpdate(List.of(), Set.of(), Set.of(), List.of(), slots, Set.of(), List.of());
  }

  /** Redactions alone. */
  public static RoomUpdate ofRedacted(Set<String> redacted) {
    return new RoomUpdate(List.of(), Set.of(), Set.of(), List.of(), List.of(), redacted, List.of());
  }

  /** Call notifications and declines alone. */
  public static RoomUpdate ofNotices(List<CallNoticeEvent> notices) {
    return new RoomUpdate(List.of(), Set.of(), Set.of(), List.of(), List.of(), Set.of(), notices);
  }
}
