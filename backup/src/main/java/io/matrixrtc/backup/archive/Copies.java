package io.matrixrtc.backup.archive;

import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyCopy;
import java.util.List;

/** The same keys in the words of the machine and in those of backups. The secret is shared. */
final class Copies {
  private Copies() {}

  /** Returns views of keys, which stay the caller's. */
  static List<RoomKeyCopy> of(List<ExportedRoomKey> keys) {
    return keys.stream().map(Copies::of).toList();
  }

  private static RoomKeyCopy of(ExportedRoomKey key) {
    return new RoomKeyCopy(
        key.id(), key.senderKey(), key.claimedKey(), key.sharedHistory(), key.sessionKey());
  }

  /** Returns the key that {@code copy} is, which takes its secret over. */
  static ExportedRoomKey exported(RoomKeyCopy copy) {
    return new ExportedRoomKey(
        copy.id(), copy.senderKey(), copy.claimedKey(), copy.sharedHistory(), copy.sessionKey());
  }
}
