package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.EvictedRooms;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.keys.SerialScheduler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Brings the keys of one room from the backup, or has them go there, as they come: others of the
 * scheduler have their turn in between. That may block: it is not the client's.
 */
final class RoomBackup {
  private final RoomKeysApi api;
  private final RoomKeyVault vault;
  private final SerialScheduler scheduler;

  RoomBackup(RoomKeysApi api, RoomKeyVault vault, SerialScheduler scheduler) {
    this.api = api;
    this.vault = vault;
    this.scheduler = scheduler;
  }

  /**
   * Imports what the backup has of a room and the store has not. Entries that cannot be used are
   * left to the download of everything, which lists them.
   *
   * @return completes with how many keys brought something new; exceptionally if the store fails,
   *     or the client ends
   */
  CompletionStage<ApiResult<Integer>> bring(String version, BackupKey key, String roomId) {
    return each(
        version,
        key,
        roomId,
        new RoomPassage.Use() {
          @Override
          public boolean wants(RoomKeyId id, long hintedIndex) throws VaultException {
            Optional<RoomKeyVault.Held> held = vault.held(id, version);
            return held.isEmpty() || !held.get().isLike(hintedIndex); // DL-KNOWN
          }

          @Override
          public int take(List<ExportedRoomKey> keys) throws VaultException {
            return vault.merge(keys, Optional.of(version)).imported();
          }
        });
  }

  /**
   * Forgets the keys of a room that the backup has; completes with how many went (EVICT-CONFIRMED).
   */
  CompletionStage<ApiResult<Integer>> evict(
      String version, BackupKey key, String roomId, EvictedRooms evicted) {
    return each(
        version,
        key,
        roomId,
        new RoomPassage.Use() {
          @Override
          public boolean wants(RoomKeyId id, long hintedIndex) throws VaultException {
            return vault.held(id, version).filter(RoomKeyVault.Held::backedUp).isPresent();
          }

          @Override
          public int take(List<ExportedRoomKey> keys) throws VaultException {
            return evicted.forget(version, keys);
          }
        });
  }

  private CompletionStage<ApiResult<Integer>> each(
      String version, BackupKey key, String roomId, RoomPassage.Use use) {
    return new RoomPassage(api, scheduler, version, key, roomId, use).begin();
  }
}
