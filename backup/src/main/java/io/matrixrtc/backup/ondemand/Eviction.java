package io.matrixrtc.backup.ondemand;

import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyMerge;

/**
 * Whether a key may go from a small device, to be fetched again when a message wants it. Off unless
 * the app asks for it: by default everything is kept.
 */
public final class Eviction {
  private Eviction() {}

  /**
   * EVICT-CONFIRMED: it is marked as part of the current version, and the entry that was fetched
   * and opened just now is the same key, no worse than what is held: it reads as far back, and may
   * be shared as far.
   *
   * @param marked whether it is marked as part of the current version, as it is held
   * @param held what is held
   * @param inBackup what the backup has
   */
  public static boolean mayGo(boolean marked, ExportedRoomKey held, ExportedRoomKey inBackup) {
    return marked
        && inBackup.firstKnownIndex() <= held.firstKnownIndex()
        && (inBackup.sharedHistory() || !held.sharedHistory())
        && RoomKeyMerge.isConnected(held, inBackup);
  }
}
