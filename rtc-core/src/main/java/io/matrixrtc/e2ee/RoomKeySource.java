package io.matrixrtc.e2ee;

/** How a room key came to us, which decides what is known of its owner. */
public enum RoomKeySource {
  /** In an {@code m.room_key} of its owner, over Olm: the owner is proven. */
  DIRECT,
  /** From a file, a backup, or somebody else: what it says of its owner is hearsay. */
  IMPORTED
}
