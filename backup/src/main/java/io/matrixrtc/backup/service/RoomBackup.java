package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.EntryRank;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.RoomKeyBatch;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.RoomKeyId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the keys of one room from the backup. Blocks: not for the client's scheduler. */
final class RoomBackup {
  private static final Logger LOG = LoggerFactory.getLogger(RoomBackup.class);
  private static final int BATCH_KEYS = 500;

  private final RoomKeysApi api;
  private final RoomKeyVault vault;

  RoomBackup(RoomKeysApi api, RoomKeyVault vault) {
    this.api = api;
    this.vault = vault;
  }

  /**
   * Imports what the backup has of a room and the store has not. Entries that cannot be used are
   * left to the download of everything, which lists them.
   *
   * @return how many keys brought something new
   */
  ApiResult<Integer> bring(String version, BackupKey key, String roomId) throws VaultException {
    ApiResult<ObjectNode> answer;
    try {
      answer = api.room(version, roomId).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new VaultException("the client has ended", e);
    }
    if (answer instanceof ApiResult.Failed<ObjectNode> failed) {
      return new ApiResult.Failed<>(failed.failure());
    }
    int imported = 0;
    int added = 0;
    RoomKeyBatch batch = new RoomKeyBatch();
    try {
      for (Map.Entry<String, JsonNode> entry :
          answer.orThrow().path("sessions").properties()) {
        if (open(version, key, roomId, entry, batch) && ++added % BATCH_KEYS == 0) {
          imported += vault.merge(batch.keys(), Optional.of(version)).imported();
          batch.close();
          batch = new RoomKeyBatch();
        }
      }
      return new ApiResult.Ok<>(
          imported + vault.merge(batch.keys(), Optional.of(version)).imported());
    } finally {
      batch.close();
    }
  }

  /** Whether it was opened; what the store has already needs not be. */
  private boolean open(
      String version,
      BackupKey key,
      String roomId,
      Map.Entry<String, JsonNode> entry,
      RoomKeyBatch batch)
      throws VaultException {
    String sessionId = entry.getKey();
    if (sessionId.isEmpty() || sessionId.length() > RoomKeyId.MAX_CHARS) {
      return false;
    }
    Optional<RoomKeyVault.Held> held = vault.held(new RoomKeyId(roomId, sessionId), version);
    if (held.isPresent()
        && held.get().backedUp()
        && held.get().firstKnownIndex()
            <= EntryRank.parse(entry.getValue()).firstMessageIndex()) {
      return false;
    }
    try {
      batch.add(BackupEntry.open(key, roomId, sessionId, entry.getValue()));
      return true;
    } catch (DamagedKeyException e) {
      LOG.info("{}: an entry in the backup cannot be used: {}", roomId, e.reason());
      return false;
    }
  }
}
