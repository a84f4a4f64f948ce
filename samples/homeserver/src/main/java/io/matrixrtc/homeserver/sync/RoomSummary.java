package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.rooms.Memberships;
import java.util.List;
import java.util.Set;

/** How many are in a room and who could name it; only where members have changed. */
final class RoomSummary {
  private static final int MAX_HEROES = 5;

  private final Memberships memberships;

  RoomSummary(Memberships memberships) {
    this.memberships = memberships;
  }

  void addTo(SyncContext sync, String roomId, long since, ObjectNode room) {
    if (memberships.changes(roomId, since, sync.now()).isEmpty()) {
      return;
    }
    Set<String> joined = memberships.members(roomId, Memberships.JOIN);
    Set<String> invited = memberships.members(roomId, Memberships.INVITE);
    ObjectNode summary = room.putObject("summary");
    ArrayNode heroes = summary.putArray("m.heroes");
    for (Set<String> users : List.of(joined, invited)) {
      users.stream()
          .filter(user -> !user.equals(sync.userId()))
          .limit(MAX_HEROES - heroes.size())
          .forEach(heroes::add);
    }
    summary.put("m.joined_member_count", joined.size());
    summary.put("m.invited_member_count", invited.size());
  }
}
