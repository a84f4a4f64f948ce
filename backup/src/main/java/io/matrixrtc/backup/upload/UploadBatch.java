package io.matrixrtc.backup.upload;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault.Mark;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys that are uploaded in one request, sealed once and sent again unchanged until the server has
 * them (UP-SAME-BATCH).
 *
 * @param body of the request
 * @param marks what to mark once it went through
 */
record UploadBatch(ObjectNode body, List<Mark> marks) {
  /** Keys in one request. */
  static final int MAX_KEYS = 100;

  /** Seals {@code keys}, which it closes. */
  static UploadBatch seal(
      List<ExportedRoomKey> keys, Curve25519PublicKey recipient, RandomSource random) {
    ObjectNode body = Json.newObject();
    ObjectNode rooms = body.putObject("rooms");
    List<Mark> marks = new ArrayList<>(keys.size());
    for (ExportedRoomKey key : keys) {
      String roomId = key.id().roomId();
      ObjectNode room =
          rooms.get(roomId) instanceof ObjectNode known ? known : rooms.putObject(roomId);
      ObjectNode sessions =
          room.get("sessions") instanceof ObjectNode known ? known : room.putObject("sessions");
      sessions.set(key.id().sessionId(), BackupEntry.seal(key, recipient, random));
      marks.add(new Mark(key.id(), key.firstKnownIndex(), key.sharedHistory()));
      key.close();
    }
    return new UploadBatch(body, marks);
  }
}
