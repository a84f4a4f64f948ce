package io.matrixrtc.session;

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
 */
public record RoomUpdate(List<CallMemberEvent> events, Set<String> joined, Set<String> notJoined) {
  public RoomUpdate {
    events = List.copyOf(events);
    joined = Set.copyOf(joined);
    notJoined = Set.copyOf(notJoined);
  }
}
