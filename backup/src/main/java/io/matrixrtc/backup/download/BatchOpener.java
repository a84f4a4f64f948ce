package io.matrixrtc.backup.download;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.EntryRank;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyBatch;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Takes a batch of frames from the spool and opens what the store does not have. */
final class BatchOpener implements AutoCloseable {
  /** Frames in one transaction (DL-BATCH). */
  static final int MAX_FRAMES = 500;

  /** Bytes in one transaction. */
  static final int MAX_BYTES = 512 << 10;

  /** What became of one entry: a key, a reason, or neither if it is known. */
  private record Opened(Optional<ExportedRoomKey> key, Optional<DamagedEntry> damaged) {}

  private final RoomKeyBatch batch = new RoomKeyBatch();
  private final List<DamagedEntry> damaged = new ArrayList<>();
  private int frames;
  private long next;

  private BatchOpener() {}

  /**
   * Reads from {@code checkpoint} up to what is synced, and opens it on {@code workers}.
   *
   * @return empty if the spool is not what was written; a batch without frames at its end
   */
  static Optional<BatchOpener> open(
      Spool spool,
      long checkpoint,
      BackupKey key,
      DownloadStore store,
      String version,
      OpenerPool workers)
      throws IOException, VaultException {
    BatchOpener opener = new BatchOpener();
    opener.next = checkpoint;
    List<Callable<Opened>> work = new ArrayList<>();
    while (opener.frames < MAX_FRAMES
        && opener.next - checkpoint < MAX_BYTES
        && opener.next < spool.synced()) {
      Optional<Spool.At> at = spool.read(opener.next);
      if (at.isEmpty()) {
        return Optional.empty(); // SPOOL-CRC
      }
      opener.next = at.get().next();
      if (at.get().frame() instanceof SpoolFrame.Damaged frame) {
        opener.frames++;
        opener.damaged.add(
            new DamagedEntry(spool.roomId(frame.room()), frame.sessionId(), frame.reason()));
      } else if (at.get().frame() instanceof SpoolFrame.Entry frame) {
        opener.frames++;
        opener.prepare(spool, frame, key, store, version).ifPresent(work::add);
      }
    }
    for (Opened opened : workers.all(work)) {
      opened.key().ifPresent(opener.batch::add);
      opened.damaged().ifPresent(opener.damaged::add);
    }
    return Optional.of(opener);
  }

  private Optional<Callable<Opened>> prepare(
      Spool spool, SpoolFrame.Entry frame, BackupKey key, DownloadStore store, String version)
      throws VaultException {
    String roomId = spool.roomId(frame.room());
    Optional<RoomKeyId> id = spool.id(frame.room(), frame.sessionId());
    ObjectNode entry;
    try {
      entry = Json.parseObject(frame.json());
    } catch (MalformedJsonException e) {
      damaged.add(new DamagedEntry(roomId, frame.sessionId(), Reason.JSON));
      return Optional.empty();
    }
    if (id.isPresent()) {
      Optional<RoomKeyVault.Held> held = store.held(id.get(), version);
      long hint = EntryRank.parse(entry).firstMessageIndex();
      if (held.isPresent() && held.get().backedUp() && held.get().firstKnownIndex() <= hint) {
        return Optional.empty(); // DL-KNOWN: not opened twice
      }
    }
    return Optional.of(() -> open(key, roomId, frame.sessionId(), entry));
  }

  private static Opened open(BackupKey key, String roomId, String sessionId, ObjectNode entry) {
    try {
      return new Opened(
          Optional.of(BackupEntry.open(key, roomId, sessionId, entry)), Optional.empty());
    } catch (DamagedKeyException e) {
      return new Opened(
          Optional.empty(), Optional.of(new DamagedEntry(roomId, sessionId, e.reason())));
    }
  }

  RoomKeyBatch batch() {
    return batch;
  }

  List<DamagedEntry> damaged() {
    return damaged;
  }

  int frames() {
    return frames;
  }

  /** The place behind the last frame. */
  long next() {
    return next;
  }

  @Override
  public void close() {
    batch.close();
  }
}
