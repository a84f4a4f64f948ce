package io.matrixrtc.e2ee;

/** What became of an {@code m.room.encryption} event. A room that is encrypted stays so. */
public enum RoomSettingsOutcome {
  /** The room is encrypted from now on. */
  ACCEPTED,
  /** These settings are known. */
  UNCHANGED,
  /** The room has other settings already, which stay: a server could weaken it else. */
  REFUSED_CHANGE,
  /** Not Megolm; settings that are known stay. A room with none cannot be written to. */
  REFUSED_ALGORITHM
}
