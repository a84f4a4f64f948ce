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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * A batch of frames from the spool. What the store does not have is opened on other threads from
 * the beginning; {@link #join} waits for that.
 */
final class BatchOpener implements AutoCloseable {
  /** Bytes in one transaction. */
  static final int MAX_BYTES = 512 << 10;

  /** What became of one entry: a key or a reason. */
  private record Opened(Optional<ExportedRoomKey> key, Optional<DamagedEntry> damaged) {}

  /** An entry as it was framed. */
  private record Framed(String roomId, Optional<RoomKeyId> id, SpoolFrame.Entry entry) {}

  private final RoomKeyBatch batch = new RoomKeyBatch();
  private final List<DamagedEntry> damaged = new ArrayList<>();
  private final long start;
  private Supplier<List<Opened>> opening = List::of;
  private int frames;
  private long next;

  private BatchOpener(long start) {
    this.start = start;
    this.next = start;
  }

  /**
   * Reads from {@code checkpoint} up to what is synced, and begins to open it on {@code workers}.
   *
   * @param maxFrames in one transaction (DL-BATCH)
   * @return empty if the spool is not what was written; a batch without frames at its end
   */
  static Optional<BatchOpener> begin(
      Spool spool,
      long checkpoint,
      int maxFrames,
      BackupKey key,
      DownloadStore store,
      String version,
      OpenerPool workers)
      throws IOException, VaultException {
    BatchOpener opener = new BatchOpener(checkpoint);
    List<Framed> entries = new ArrayList<>();
    while (opener.frames < maxFrames
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
        entries.add(
            new Framed(
                spool.roomId(frame.room()), spool.id(frame.room(), frame.sessionId()), frame));
      }
    }
    Map<RoomKeyId, RoomKeyVault.Held> held =
        store.held(entries.stream().flatMap(entry -> entry.id().stream()).toList(), version);
    List<Callable<Opened>> work = new ArrayList<>(entries.size());
    for (Framed entry : entries) {
      if (!isKnown(entry, held)) {
        work.add(() -> open(key, entry));
      }
    }
    opener.opening = workers.start(work);
    return Optional.of(opener);
  }

  /** DL-KNOWN: what is held as it is in this version is not opened. */
  private static boolean isKnown(Framed entry, Map<RoomKeyId, RoomKeyVault.Held> held) {
    Optional<RoomKeyVault.Held> known = entry.id().map(held::get);
    if (known.isEmpty() || !known.get().backedUp()) {
      return false;
    }
    try {
      ObjectNode json = Json.parseObject(entry.entry().json());
      return known.get().isLike(EntryRank.parse(json).firstMessageIndex());
    } catch (MalformedJsonException e) {
      return false; // to be listed
    }
  }

  private static Opened open(BackupKey key, Framed framed) {
    String sessionId = framed.entry().sessionId();
    try {
      ObjectNode json = Json.parseObject(framed.entry().json());
      return new Opened(
          Optional.of(BackupEntry.open(key, framed.roomId(), sessionId, json)), Optional.empty());
    } catch (MalformedJsonException e) {
      return damaged(framed, Reason.JSON);
    } catch (DamagedKeyException e) {
      return damaged(framed, e.reason());
    }
  }

  private static Opened damaged(Framed framed, Reason reason) {
    return new Opened(
        Optional.empty(),
        Optional.of(new DamagedEntry(framed.roomId(), framed.entry().sessionId(), reason)));
  }

  /** Waits until everything is open. */
  BatchOpener join() {
    for (Opened opened : opening.get()) {
      opened.key().ifPresent(batch::add);
      opened.damaged().ifPresent(damaged::add);
    }
    opening = List::of;
    return this;
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

  /** The place of the first frame. */
  long start() {
    return start;
  }

  /** The place behind the last frame. */
  long next() {
    return next;
  }

  @Override
  public void close() {
    join();
    batch.close();
  }
}
