package io.matrixrtc.session;

/**
 * A place in a room where a session happens: {@code application#id} (MSC4143).
 *
 * @param application the application type, for example {@code m.call}; without {@code #}
 * @param id the id within the application, {@code ROOM} for the call of the whole room
 */
public record SlotId(String application, String id) {
  private static final String CALL = "m.call";
  private static final String ROOM = "ROOM";

  /** The call of the whole room, {@code m.call#ROOM}. */
  public static final SlotId ROOM_CALL = new SlotId(CALL, ROOM);

  public SlotId {
    if (application.isEmpty() || application.indexOf('#') >= 0 || id.indexOf('#') >= 0) {
      throw new IllegalArgumentException(
          "slot: want application#id, got " + application + "#" + id);
    }
  }

  /** The slot of a state-event membership; an empty {@code call_id} of a call means the room. */
  static SlotId ofState(String application, String callId) {
    return application.equals(CALL) && callId.isEmpty()
        ? ROOM_CALL
        : new SlotId(application, callId);
  }

  /** The {@code call_id} of a state-event membership. */
  String callId() {
    return equals(ROOM_CALL) ? "" : id;
  }

  @Override
  public String toString() {
    return application + "#" + id;
  }
}
