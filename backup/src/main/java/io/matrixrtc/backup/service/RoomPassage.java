package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.EntryRank;
import io.matrixrtc.backup.download.EntryScanner;
import io.matrixrtc.backup.download.EntrySink;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyBatch;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through the entries of one room as its answer comes, {@value #BATCH_KEYS} keys at most in
 * memory (DL-ROOM-STREAM). What passes by itself is tried again, {@value #ATTEMPTS} times in all.
 * Confined to a scheduler that may block: not the client's.
 */
final class RoomPassage implements EntrySink {
  private static final Logger LOG = LoggerFactory.getLogger(RoomPassage.class);
  private static final int BATCH_KEYS = 500;
  private static final int ATTEMPTS = 4;

  /** What is done with the entries of a room. */
  interface Use {
    /** Whether the entry of a key is to be opened, which the server says opens from an index on. */
    boolean wants(RoomKeyId id, long hintedIndex) throws VaultException;

    /** Does it, and counts. */
    int take(List<ExportedRoomKey> keys) throws VaultException;
  }

  private final RoomKeysApi api;
  private final SerialScheduler scheduler;
  private final String version;
  private final BackupKey key;
  private final String roomId;
  private final Use use;
  private final CompletableFuture<ApiResult<Integer>> end = new CompletableFuture<>();
  private RoomKeyBatch batch = new RoomKeyBatch();
  private EntryScanner scanner;
  private int attempts;
  private int count;

  RoomPassage(
      RoomKeysApi api,
      SerialScheduler scheduler,
      String version,
      BackupKey key,
      String roomId,
      Use use) {
    this.api = api;
    this.scheduler = scheduler;
    this.version = version;
    this.key = key;
    this.roomId = roomId;
    this.use = use;
    this.scanner = EntryScanner.ofRoom(roomId, this);
  }

  /** Begins; completes with how many keys counted, exceptionally if the store fails. */
  CompletionStage<ApiResult<Integer>> begin() {
    attempts++;
    scanner = EntryScanner.ofRoom(roomId, this);
    api.room(version, roomId, this::take).whenCompleteAsync(this::ended, scheduler);
    return end;
  }

  /** On a thread of the transport. */
  private CompletionStage<Void> take(byte[] bytes) {
    try {
      return CompletableFuture.runAsync(() -> feed(bytes), scheduler);
    } catch (RejectedExecutionException closed) {
      return CompletableFuture.failedFuture(closed);
    }
  }

  private void feed(byte[] bytes) {
    try {
      scanner.feed(bytes, bytes.length);
      if (batch.size() >= BATCH_KEYS) {
        flush();
      }
    } catch (IOException | VaultException | RuntimeException e) {
      fail(e);
      throw new IllegalStateException(e); // breaks the answer off
    }
  }

  private void flush() throws VaultException {
    try (RoomKeyBatch full = batch) {
      batch = new RoomKeyBatch();
      count += use.take(full.keys());
    }
  }

  @Override
  public void entry(String room, String sessionId, byte[] json) throws VaultException {
    try {
      var entry = Json.parse(json);
      if (use.wants(new RoomKeyId(roomId, sessionId), EntryRank.parse(entry).firstMessageIndex())) {
        batch.add(BackupEntry.open(key, roomId, sessionId, entry));
      }
    } catch (MalformedJsonException e) {
      damaged(room, sessionId, Reason.JSON);
    } catch (DamagedKeyException e) {
      damaged(room, sessionId, e.reason());
    }
  }

  @Override
  public void damaged(String room, String sessionId, Reason reason) {
    LOG.info("{}: an entry in the backup cannot be used: {}", roomId, reason);
  }

  private void ended(@Nullable ApiResult<Boolean> result, @Nullable Throwable closed) {
    if (end.isDone()) {
      return;
    }
    if (result == null) {
      fail(closed == null ? new IllegalStateException("client is closed") : closed);
      return;
    }
    try {
      flush();
    } catch (VaultException | RuntimeException e) {
      fail(e);
      return;
    }
    if (result instanceof ApiResult.Failed<Boolean> failed) {
      repeat(failed.failure());
    } else if (scanner.isWhole()) {
      end.complete(new ApiResult.Ok<>(count));
    } else {
      repeat(api.brokenOff());
    }
  }

  private void repeat(ApiFailure failure) {
    if (failure.isTransient() && attempts < ATTEMPTS) {
      scheduler.schedule(
          scheduler.now().plus(RoomKeysApi.fetchFailure(failure).delay(attempts)), this::begin);
    } else {
      end.complete(new ApiResult.Failed<>(failure));
    }
  }

  private void fail(Throwable why) {
    batch.close();
    end.completeExceptionally(why);
  }
}
