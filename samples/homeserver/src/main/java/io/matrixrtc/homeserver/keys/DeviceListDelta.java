package io.matrixrtc.homeserver.keys;

import io.matrixrtc.homeserver.rooms.Memberships;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whose devices a user must look at again, and whom it need not follow any more. A name too many in
 * {@code changed} costs a query; one too few breaks encryption.
 */
public final class DeviceListDelta {
  /** Both lists are sorted and have no name in common. */
  public record Delta(Set<String> changed, Set<String> left) {
    public boolean isEmpty() {
      return changed.isEmpty() && left.isEmpty();
    }
  }

  private final DeviceLists lists;
  private final Memberships memberships;

  DeviceListDelta(DeviceLists lists, Memberships memberships) {
    this.lists = lists;
    this.memberships = memberships;
  }

  /** What changed for {@code userId} since these positions of key changes and of room events. */
  public Delta since(String userId, long keysPosition, long roomsPosition) {
    Map<String, Memberships.Membership> rooms = memberships.roomsOf(userId);
    Set<String> joined = new HashSet<>();
    Set<String> changed = new TreeSet<>();
    Set<String> gone = new HashSet<>();
    rooms.forEach(
        (roomId, membership) -> {
          if (membership.isJoin()) {
            joined.add(roomId);
          }
        });
    rooms.forEach(
        (roomId, membership) ->
            ofRoom(userId, roomId, membership.isJoin(), roomsPosition, changed, gone));
    for (String candidate : lists.changedSince(keysPosition)) {
      if (candidate.equals(userId) || memberships.isJoinedToAny(candidate, joined)) {
        changed.add(candidate);
      }
    }
    changed.addAll(lists.changedFor(userId, keysPosition));
    Set<String> left = new TreeSet<>();
    for (String candidate : gone) {
      if (!candidate.equals(userId) && !memberships.isJoinedToAny(candidate, joined)) {
        left.add(candidate);
      }
    }
    changed.removeAll(left);
    return new Delta(changed, left);
  }

  private void ofRoom(
      String userId,
      String roomId,
      boolean joined,
      long since,
      Set<String> changed,
      Set<String> gone) {
    List<Memberships.Change> changes = memberships.changes(roomId, since, Long.MAX_VALUE);
    if (changes.isEmpty()) {
      return;
    }
    boolean moved = changes.stream().anyMatch(change -> change.userId().equals(userId));
    for (Memberships.Change change : changes) {
      boolean leaves =
          change.membership().equals(Memberships.LEAVE)
              || change.membership().equals(Memberships.BAN);
      if (leaves) {
        gone.add(change.userId());
      } else if (joined) {
        changed.add(change.userId());
      }
    }
    if (moved) {
      // HS-DL-JOIN: a new room brings all of its members; one that was left may take them away.
      Set<String> members = memberships.members(roomId, Memberships.JOIN);
      if (joined) {
        changed.addAll(members);
      } else {
        gone.addAll(members);
      }
    }
  }
}
