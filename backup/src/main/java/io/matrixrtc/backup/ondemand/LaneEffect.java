package io.matrixrtc.backup.ondemand;

import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Instant;

/** What {@link MissingKeyLane} wants done. */
public sealed interface LaneEffect {
  /** Open and import this entry, which the running download has on disk. */
  record Import(RoomKeyId id, String entry) implements LaneEffect {}

  /** Ask the server for this key, and import what it gives. */
  record Ask(String version, RoomKeyId id) implements LaneEffect {}

  /** Call {@link MissingKeyLane#wake} at that time; replaces an earlier one. */
  record WakeAt(Instant time) implements LaneEffect {}
}
