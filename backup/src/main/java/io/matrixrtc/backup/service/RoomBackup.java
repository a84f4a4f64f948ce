package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.EntryRank;
import io.matrixrtc.backup.archive.EvictedRooms;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyBatch;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.keys.SerialScheduler;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the keys of one room from the backup, or has them go there, {@value #BATCH_KEYS} in a task
 * of the scheduler, so that others have their turn in between. That may block: it is not the
 * client's.
 */
final class RoomBackup {
  private static final Logger LOG = LoggerFactory.getLogger(RoomBackup.class);
  private static final int BATCH_KEYS = 500;

  private final RoomKeysApi api;
  private final RoomKeyVault vault;
  private final SerialScheduler scheduler;

  RoomBackup(RoomKeysApi api, RoomKeyVault vault, SerialScheduler scheduler) {
    this.api = api;
    this.vault = vault;
    this.scheduler = scheduler;
  }

  /** What is done with the entries of a room. */
  private interface Batch {
    /** Whether the entry of a key is to be opened, which the server says opens from an index on. */
    boolean wants(RoomKeyId id, long hintedIndex) throws VaultException;

    /** Does it, and counts. */
    int take(List<ExportedRoomKey> keys) throws VaultException;
  }

  /** One room while its entries are gone through. */
  private final class Import {
    final BackupKey key;
    final String roomId;
    final Iterator<Map.Entry<String, JsonNode>> sessions;
    final CompletableFuture<ApiResult<Integer>> end;
    final Batch use;
    int count;

    Import(
        BackupKey key,
        String roomId,
        JsonNode sessions,
        Batch use,
        CompletableFuture<ApiResult<Integer>> end) {
      this.use = use;
      this.key = key;
      this.roomId = roomId;
      this.sessions = sessions.properties().iterator();
      this.end = end;
    }

    void step() {
      try (RoomKeyBatch batch = new RoomKeyBatch()) {
        for (int i = 0; i < BATCH_KEYS && sessions.hasNext(); i++) {
          open(sessions.next(), batch);
        }
        count += use.take(batch.keys());
      } catch (VaultException | RuntimeException e) {
        end.completeExceptionally(e);
        return;
      }
      if (sessions.hasNext()) {
        scheduler.execute(this::step);
      } else {
        end.complete(new ApiResult.Ok<>(count));
      }
    }

    private void open(Map.Entry<String, JsonNode> entry, RoomKeyBatch batch) throws VaultException {
      String sessionId = entry.getKey();
      if (sessionId.isEmpty() || sessionId.length() > RoomKeyId.MAX_CHARS) {
        return;
      }
      RoomKeyId id = new RoomKeyId(roomId, sessionId);
      if (!use.wants(id, EntryRank.parse(entry.getValue()).firstMessageIndex())) {
        return;
      }
      try {
        batch.add(BackupEntry.open(key, roomId, sessionId, entry.getValue()));
      } catch (DamagedKeyException e) {
        LOG.info("{}: an entry in the backup cannot be used: {}", roomId, e.reason());
      }
    }
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
        new Batch() {
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
        new Batch() {
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
      String version, BackupKey key, String roomId, Batch use) {
    CompletableFuture<ApiResult<Integer>> end = new CompletableFuture<>();
    api.room(version, roomId)
        .whenComplete(
            (answer, closed) -> {
              if (answer == null) {
                end.completeExceptionally(closed);
              } else if (answer instanceof ApiResult.Failed<?> failed) {
                end.complete(new ApiResult.Failed<>(failed.failure()));
              } else {
                JsonNode sessions = answer.orThrow().path("sessions");
                Import room = new Import(key, roomId, sessions, use, end);
                scheduler.execute(room::step);
              }
            });
    return end;
  }
}
