package io.matrixrtc.e2ee;

/**
 * Names a room key: the key of one Megolm session in one room.
 *
 * @param roomId the room that it was shared for; at most {@value #MAX_CHARS} characters
 * @param sessionId base64 of the session's Ed25519 key; at most {@value #MAX_CHARS} characters
 */
public record RoomKeyId(String roomId, String sessionId) {
  /** As long may each part be; room ids are no longer by the specification, session ids are 43. */
  public static final int MAX_CHARS = 255;

  public RoomKeyId {
    if (!isValid(roomId) || !isValid(sessionId)) {
      throw new IllegalArgumentException("room key: want ids of 1..255 characters");
    }
  }

  /** Whether {@code part} can be a room or session id here. */
  static boolean isValid(String part) {
    return !part.isEmpty() && part.length() <= MAX_CHARS;
  }

  /** For people and logs: both ids, without control characters. */
  @Override
  public String toString() {
    return ShownText.of(roomId, MAX_CHARS) + "/" + ShownText.of(sessionId, MAX_CHARS);
  }
}
