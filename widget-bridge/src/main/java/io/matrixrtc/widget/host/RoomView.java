package io.matrixrtc.widget.host;

import java.util.Optional;
import java.util.Set;

/**
 * What the account knows of its rooms at this moment, answered from memory at once. Members must
 * have been loaded before a session starts.
 */
public interface RoomView {
  /** Whether the room is encrypted. Once it was, it is for ever. */
  Encryption encryption(String roomId);

  /** Whether the user is a joined member. */
  boolean isJoined(String roomId, String userId);

  /** Every room that the account has joined. */
  Set<String> joinedRooms();

  /**
   * The room's name, as its people have set it: any text, which may be meant to mislead. Empty if
   * it has none, or none is known.
   */
  default Optional<String> name(String roomId) {
    return Optional.empty();
  }

  /** What is known about a room's encryption. */
  enum Encryption {
    ENCRYPTED,
    CLEAR,
    /** Not known (yet); counts as encrypted. */
    UNKNOWN
  }
}
