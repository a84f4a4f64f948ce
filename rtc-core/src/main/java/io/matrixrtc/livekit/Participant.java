package io.matrixrtc.livekit;

import java.util.Optional;

/**
 * Who enters which room of an SFU.
 *
 * @param roomId the Matrix room
 * @param slotId the slot, such as {@code m.call#ROOM}
 * @param userId one's own user id
 * @param deviceId one's own device id
 * @param memberId the member id of a sticky membership; empty for a state event membership
 */
public record Participant(
    String roomId, String slotId, String userId, String deviceId, Optional<String> memberId) {
  /** The slot of state event memberships. */
  public static final String ROOM_CALL = "m.call#ROOM";

  /** The participant of a state event membership. */
  public static Participant ofState(String roomId, String userId, String deviceId) {
    return new Participant(roomId, ROOM_CALL, userId, deviceId, Optional.empty());
  }

  /** The participant of a sticky membership. */
  public static Participant ofSticky(
      String roomId, String slotId, String userId, String deviceId, String memberId) {
    return new Participant(roomId, slotId, userId, deviceId, Optional.of(memberId));
  }
}
