package io.matrixrtc.backup.download;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One record of a spool. Room ids are written once and then named by number.
 *
 * <pre>| length of the rest 4 | type 1 | content | CRC32C of type and content 4 |</pre>
 */
sealed interface SpoolFrame {
  /** Bytes around the content. */
  int OVERHEAD = 4 + 1 + 4;

  /** Longest frame that can be: an entry with its session id. */
  int MAX_BYTES = OVERHEAD + 12 + 4 * 255 + EntryScanner.MAX_ENTRY_BYTES;

  /** Gives a room its number. */
  record Room(int number, String roomId) implements SpoolFrame {}

  /** An entry, as it came; on disk it is packed ({@link PackedJson}). */
  record Entry(int room, String sessionId, String json) implements SpoolFrame {}

  /** An entry that was not worth keeping. */
  record Damaged(int room, String sessionId, Reason reason) implements SpoolFrame {}

  /** Returns the bytes of this frame. */
  default byte[] write() {
    byte type;
    int number;
    byte[] id;
    byte[] rest;
    if (this instanceof Room room) {
      type = 'R';
      number = room.number();
      id = room.roomId().getBytes(UTF_8);
      rest = new byte[0];
    } else if (this instanceof Entry entry) {
      type = 'P';
      number = entry.room();
      id = entry.sessionId().getBytes(UTF_8);
      rest = PackedJson.pack(entry.json().getBytes(UTF_8));
    } else if (this instanceof Damaged damaged) {
      type = 'D';
      number = damaged.room();
      id = damaged.sessionId().getBytes(UTF_8);
      rest = damaged.reason().name().getBytes(UTF_8);
    } else {
      throw new IllegalStateException("spool frame: " + this);
    }
    return write(type, number, id, rest);
  }

  /** As {@link Entry}'s {@link #write()}, without decoding the JSON. */
  static byte[] entry(int room, String sessionId, byte[] json) {
    return write((byte) 'P', room, sessionId.getBytes(UTF_8), PackedJson.pack(json));
  }

  private static byte[] write(byte type, int number, byte[] id, byte[] rest) {
    int length = 1 + 4 + 2 + id.length + rest.length + 4;
    ByteBuffer frame = ByteBuffer.allocate(4 + length);
    frame.putInt(length).put(type).putInt(number).putShort((short) id.length).put(id).put(rest);
    CRC32C checksum = new CRC32C();
    checksum.update(frame.array(), 4, length - 4);
    return frame.putInt((int) checksum.getValue()).array();
  }

  /**
   * Reads the content of a frame, its length before it not included; empty if it is not the one
   * that was written (SPOOL-CRC).
   */
  static Optional<SpoolFrame> read(byte[] bytes, int offset, int length) {
    if (length < OVERHEAD - 4) {
      return Optional.empty();
    }
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, offset, length - 4);
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
    if (in.getInt(offset + length - 4) != (int) checksum.getValue()) {
      return Optional.empty();
    }
    try {
      byte type = in.get();
      int number = in.getInt();
      byte[] id = new byte[Short.toUnsignedInt(in.getShort())];
      in.get(id);
      byte[] rest = new byte[offset + length - 4 - in.position()];
      in.get(rest);
      String name = new String(id, UTF_8);
      return switch (type) {
        case 'R' -> Optional.of(new Room(number, name));
        case 'P' ->
            Optional.of(new Entry(number, name, new String(PackedJson.unpack(rest), UTF_8)));
        case 'D' -> Optional.of(new Damaged(number, name, Reason.valueOf(new String(rest, UTF_8))));
        default -> Optional.empty();
      };
    } catch (BufferUnderflowException | NegativeArraySizeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
