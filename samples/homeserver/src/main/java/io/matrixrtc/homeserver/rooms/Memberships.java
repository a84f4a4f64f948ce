package io.matrixrtc.homeserver.rooms;

import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who is in which room, read both ways, and the order in which that changed. */
public final class Memberships {
  public static final String JOIN = "join";
  public static final String INVITE = "invite";
  public static final String LEAVE = "leave";
  public static final String BAN = "ban";

  /**
   * A membership and the position of the member event that set it.
   *
   * @param forgotten whether the user who left wants to hear no more of the room
   */
  public record Membership(String membership, long position, boolean forgotten) {
    public boolean isJoin() {
      return membership.equals(JOIN);
    }
  }

  /** A member event of a room. */
  public record Change(String userId, String membership, long position) {}

  private static final TableSpec<Membership> BY_USER =
      TableSpec.of("memberships", Membership.class, "user_id", "room_id");
  private static final TableSpec<Membership> BY_ROOM =
      TableSpec.of("room_members", Membership.class, "room_id", "user_id");
  private static final TableSpec<Change> CHANGES =
      TableSpec.of("member_changes", Change.class, "room_id", "#position");

  private final Table<Membership> byUser;
  private final Table<Membership> byRoom;
  private final Table<Change> changes;

  public Memberships(Storage storage) {
    this.byUser = Table.open(storage, BY_USER);
    this.byRoom = Table.open(storage, BY_ROOM);
    this.changes = Table.open(storage, CHANGES);
  }

  void record(String roomId, String userId, String membership, long position) {
    Membership row = new Membership(membership, position, false);
    byUser.put(row, userId, roomId);
    byRoom.put(row, roomId, userId);
    changes.put(new Change(userId, membership, position), roomId, position);
  }

  /** Takes the room off the user's list; that the user left is still told by the next sync. */
  void forget(String roomId, String userId) {
    byUser
        .get(userId, roomId)
        .ifPresent(
            row ->
                byUser.put(new Membership(row.membership(), row.position(), true), userId, roomId));
  }

  public Optional<Membership> of(String userId, String roomId) {
    return byRoom.get(roomId, userId);
  }

  public boolean isJoined(String userId, String roomId) {
    return of(userId, roomId).map(Membership::isJoin).orElse(false);
  }

  /** All rooms that the user ever had to do with, forgotten ones included. */
  public Map<String, Membership> roomsOf(String userId) {
    Map<String, Membership> rooms = new LinkedHashMap<>();
    byUser.scan(Range.of(userId)).forEach(row -> rooms.put(row.key().text(1), row.value()));
    return rooms;
  }

  public Set<String> joinedRooms(String userId) {
    Set<String> rooms = new LinkedHashSet<>();
    for (Map.Entry<String, Membership> room : roomsOf(userId).entrySet()) {
      if (room.getValue().isJoin()) {
        rooms.add(room.getKey());
      }
    }
    return rooms;
  }

  /** Users with this membership. */
  public Set<String> members(String roomId, String membership) {
    Set<String> users = new LinkedHashSet<>();
    for (Table.Row<Membership> row : byRoom.scan(Range.of(roomId))) {
      if (row.value().membership().equals(membership)) {
        users.add(row.key().text(1));
      }
    }
    return users;
  }

  /** Member events after one position up to another, oldest first. */
  public List<Change> changes(String roomId, long after, long upTo) {
    return changes.scan(Range.of(roomId).after(after).upTo(upTo)).stream()
        .map(Table.Row::value)
        .toList();
  }

  /** Everyone who is joined to a room that this user is joined to; the user itself always. */
  public Set<String> sharing(String userId) {
    Set<String> users = new HashSet<>();
    users.add(userId);
    joinedRooms(userId).forEach(room -> users.addAll(members(room, JOIN)));
    return users;
  }

  /** Whether the user is joined to one of these rooms. */
  public boolean isJoinedToAny(String userId, Set<String> rooms) {
    return rooms.stream().anyMatch(room -> isJoined(userId, room));
  }
}
