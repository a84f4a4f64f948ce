package io.matrixrtc.backup.upload;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** What {@link UploadLoop} wants done. */
public sealed interface UploadEffect {
  /** {@code PUT /room_keys/keys?version=…} with this body; tell the loop how it went. */
  record Put(String version, ObjectNode body) implements UploadEffect {}

  /** Call {@link UploadLoop#wake} at that time; replaces an earlier one. */
  record WakeAt(Instant time) implements UploadEffect {}

  /** Ask which version is current, and judge it afresh. */
  record CheckServer() implements UploadEffect {}

  /** So many keys are not in the backup yet; 0 when all are. */
  record Remaining(long keys) implements UploadEffect {}

  /** The backup was switched off here, for this reason. */
  record TurnedOff(UploadFailure.Kind reason) implements UploadEffect {}
}
