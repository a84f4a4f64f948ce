package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Profile;
import io.matrixrtc.homeserver.accounts.Users;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import java.util.Optional;

/** Changes memberships, with the profile that belongs to them. */
public final class MemberEvents {
  private final Rooms rooms;
  private final Memberships memberships;
  private final Users users;

  public MemberEvents(Rooms rooms, Memberships memberships, Users users) {
    this.rooms = rooms;
    this.memberships = memberships;
    this.users = users;
  }

  /** Joins; a user who is joined already stays so without a new event. */
  void join(String roomId, String userId, Optional<String> reason) {
    if (!rooms.exists(roomId)) {
      throw MatrixException.notFound("Unknown room " + roomId);
    }
    if (!memberships.isJoined(userId, roomId)) {
      set(roomId, userId, userId, Memberships.JOIN, reason, Optional.empty());
    }
  }

  /** Gives {@code target} a membership in the name of {@code sender}, if that may. */
  void set(
      String roomId,
      String sender,
      String target,
      String membership,
      Optional<String> reason,
      Optional<Boolean> direct) {
    ObjectNode content = Json.object().put("membership", membership);
    if (membership.equals(Memberships.JOIN) || membership.equals(Memberships.INVITE)) {
      users.profile(target).map(Profile::json).ifPresent(content::setAll);
    }
    reason.ifPresent(text -> content.put("reason", text));
    direct.ifPresent(flag -> content.put("is_direct", flag));
    rooms.send(EventDraft.state(roomId, sender, EventType.MEMBER, target, content));
  }

  /** Re-sends the user's member event in each joined room, with the present profile. */
  public void profileChanged(String userId) {
    for (String roomId : memberships.joinedRooms(userId)) {
      set(roomId, userId, userId, Memberships.JOIN, Optional.empty(), Optional.empty());
    }
  }
}
