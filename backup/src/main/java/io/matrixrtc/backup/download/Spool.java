package io.matrixrtc.backup.download;

import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.e2ee.RoomKeyId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The entries of a backup on disk, sealed as they came, in frames that a crash cannot confuse: a
 * torn end is cut off at the last good frame (SPOOL-TORN), and reading may go on at any frame. Not
 * thread-safe.
 */
final class Spool {
  /** Reads a frame and where the next one is. */
  record At(SpoolFrame frame, long next) {}

  private final SpoolFile file;
  private final SpoolIndex index = new SpoolIndex();
  private final Map<String, Integer> roomNumbers = new HashMap<>();
  private final Map<Integer, String> rooms = new HashMap<>();
  private long entries;
  private long end;
  private long synced;
  private byte[] window = new byte[0];
  private long windowAt;
  private int windowLength;

  private Spool(SpoolFile file) {
    this.file = file;
  }

  /** Opens the spool, and cuts off what a crash left behind the last good frame. */
  static Spool recover(SpoolFile file) throws IOException {
    Spool spool = new Spool(file);
    spool.end = file.length();
    long at = 0;
    for (Optional<At> next = spool.read(at); next.isPresent(); next = spool.read(at)) {
      spool.learn(next.get().frame(), at);
      at = next.get().next();
    }
    file.truncate(at);
    file.sync();
    spool.end = at;
    spool.synced = at;
    spool.windowLength = 0;
    return spool;
  }

  private void learn(SpoolFrame frame, long at) {
    if (frame instanceof SpoolFrame.Room room) {
      rooms.put(room.number(), room.roomId());
      roomNumbers.put(room.roomId(), room.number());
      return;
    }
    entries++;
    idOf(frame).ifPresent(id -> index.put(id, at));
  }

  private Optional<RoomKeyId> idOf(SpoolFrame frame) {
    if (frame instanceof SpoolFrame.Entry entry) {
      return id(entry.room(), entry.sessionId());
    }
    return frame instanceof SpoolFrame.Damaged damaged
        ? id(damaged.room(), damaged.sessionId())
        : Optional.empty();
  }

  /** The name of an entry; empty if it cannot be one. */
  Optional<RoomKeyId> id(int room, String sessionId) {
    String roomId = rooms.getOrDefault(room, "");
    boolean valid =
        !roomId.isEmpty()
            && roomId.length() <= RoomKeyId.MAX_CHARS
            && !sessionId.isEmpty()
            && sessionId.length() <= RoomKeyId.MAX_CHARS;
    return valid ? Optional.of(new RoomKeyId(roomId, sessionId)) : Optional.empty();
  }

  String roomId(int room) {
    return rooms.getOrDefault(room, "");
  }

  void append(String roomId, String sessionId, byte[] json) throws IOException {
    int room = room(roomId);
    long at = end;
    write(SpoolFrame.entry(room, sessionId, json));
    entries++;
    id(room, sessionId).ifPresent(id -> index.put(id, at));
  }

  void appendDamaged(String roomId, String sessionId, Reason reason) throws IOException {
    int room = room(roomId);
    long at = end;
    write(new SpoolFrame.Damaged(room, sessionId, reason).write());
    id(room, sessionId).ifPresent(id -> index.put(id, at));
    entries++;
  }

  private int room(String roomId) throws IOException {
    Integer known = roomNumbers.get(roomId);
    if (known != null) {
      return known;
    }
    int number = roomNumbers.size();
    write(new SpoolFrame.Room(number, roomId).write());
    roomNumbers.put(roomId, number);
    rooms.put(number, roomId);
    return number;
  }

  private void write(byte[] frame) throws IOException {
    file.append(frame, frame.length);
    end += frame.length;
  }

  /** Whether there is an entry of that name, damaged ones included. */
  boolean contains(String roomId, String sessionId) throws IOException {
    Integer room = roomNumbers.get(roomId);
    Optional<RoomKeyId> id = room == null ? Optional.empty() : id(room, sessionId);
    return id.isPresent() && frameOf(id.get()).isPresent();
  }

  /** The entry of a key, for somebody who cannot wait (SPOOL-FIND). */
  Optional<SpoolFrame.Entry> find(RoomKeyId id) throws IOException {
    return frameOf(id).filter(SpoolFrame.Entry.class::isInstance).map(SpoolFrame.Entry.class::cast);
  }

  private Optional<SpoolFrame> frameOf(RoomKeyId id) throws IOException {
    long at = index.find(id);
    if (at < 0 || at >= end) {
      return Optional.empty();
    }
    return read(at).map(At::frame).filter(frame -> idOf(frame).equals(Optional.of(id)));
  }

  /** Makes all frames survive a crash. */
  void sync() throws IOException {
    file.sync();
    synced = end;
  }

  long end() {
    return end;
  }

  long synced() {
    return synced;
  }

  /** How many entries it holds, damaged ones included. */
  long entries() {
    return entries;
  }

  /** The frame at a place; empty at the end and where it is not the one that was written. */
  Optional<At> read(long at) throws IOException {
    if (at + SpoolFrame.OVERHEAD > end || !need(at, 4)) {
      return Optional.empty();
    }
    int length = ByteBuffer.wrap(window).getInt((int) (at - windowAt));
    if (length < SpoolFrame.OVERHEAD - 4
        || length > SpoolFrame.MAX_BYTES
        || at + 4 + length > end
        || !need(at, 4 + length)) {
      return Optional.empty();
    }
    return SpoolFrame.read(window, (int) (at - windowAt) + 4, length)
        .map(frame -> new At(frame, at + 4 + length));
  }

  private boolean need(long at, int bytes) throws IOException {
    if (at >= windowAt && at + bytes <= windowAt + windowLength) {
      return true;
    }
    if (window.length == 0) {
      window = new byte[2 * SpoolFrame.MAX_BYTES];
    }
    windowAt = at;
    windowLength = file.read(at, window);
    return windowLength >= bytes;
  }

  /** Deletes the file. */
  void delete() throws IOException {
    file.delete();
    entries = 0;
    end = 0;
    synced = 0;
  }
}
