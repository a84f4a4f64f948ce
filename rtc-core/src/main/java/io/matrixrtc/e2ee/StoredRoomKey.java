package io.matrixrtc.e2ee;

/**
 * A room key as it is stored.
 *
 * @param info what is known of it
 * @param session its ratchet
 */
public record StoredRoomKey(RoomKeyInfo info, Sealed session) {
  /** Its name. */
  public RoomKeyId id() {
    return info.id();
  }
}
