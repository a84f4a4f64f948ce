package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.EntryRank;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.RoomKeyBatch;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.keys.SerialScheduler;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the keys of one room from the backup, {@value #BATCH_KEYS} in a task of the scheduler, so
 * that others have their turn in between. That may block: it is not the client's.
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

  /** One room while it is imported. */
  private final class Import {
    final String version;
    final BackupKey key;
    final String roomId;
    final Iterator<Map.Entry<String, JsonNode>> sessions;
    final CompletableFuture<ApiResult<Integer>> end;
    int imported;

    Import(
        String version,
        BackupKey key,
        String roomId,
        JsonNode sessions,
        CompletableFuture<ApiResult<Integer>> end) {
      this.version = version;
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
        imported += vault.merge(batch.keys(), Optional.of(version)).imported();
      } catch (VaultException | RuntimeException e) {
        end.completeExceptionally(e);
        return;
      }
      if (sessions.hasNext()) {
        scheduler.execute(this::step);
      } else {
        end.complete(new ApiResult.Ok<>(imported));
      }
    }

    private void open(Map.Entry<String, JsonNode> entry, RoomKeyBatch batch) throws VaultException {
      String sessionId = entry.getKey();
      if (sessionId.isEmpty() || sessionId.length() > RoomKeyId.MAX_CHARS) {
        return;
      }
      Optional<RoomKeyVault.Held> held = vault.held(new RoomKeyId(roomId, sessionId), version);
      if (held.isPresent()
          && held.get().backedUp()
          && held.get().firstKnownIndex()
              <= EntryRank.parse(entry.getValue()).firstMessageIndex()) {
        return; // DL-KNOWN
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
                Import room = new Import(version, key, roomId, sessions, end);
                scheduler.execute(room::step);
              }
            });
    return end;
  }
}
