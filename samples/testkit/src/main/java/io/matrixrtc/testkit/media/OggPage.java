package io.matrixrtc.testkit.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One Ogg page (RFC 3533 section 6): header, lacing values, body.
 *
 * <p>OGG-CRC: the checksum (polynomial 0x04C11DB7, no reflection, start 0) covers the whole page
 * with its own field zeroed; a page whose checksum differs is refused.
 */
final class OggPage {
  static final int CONTINUED = 1;
  static final int FIRST = 2;
  static final int LAST = 4;

  /** Header bytes before the lacing values. */
  static final int HEADER_BYTES = 27;

  static final int MAX_SEGMENTS = 255;

  private static final int CAPTURE = 0x5367674F; // "OggS", little-endian
  private static final int CRC_OFFSET = 22;
  private static final int[] CRC_TABLE = crcTable();

  final int flags;
  final long granule;
  final int serial;
  final int sequence;
  final byte[] lacing;
  final byte[] body;

  OggPage(int flags, long granule, int serial, int sequence, byte[] lacing, byte[] body) {
    this.flags = flags;
    this.granule = granule;
    this.serial = serial;
    this.sequence = sequence;
    this.lacing = lacing;
    this.body = body;
  }

  /** Reads the page that starts at {@code offset}. */
  static OggPage read(byte[] file, int offset) throws MediaFormatException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(offset);
    if (in.remaining() < HEADER_BYTES) {
      throw new MediaFormatException.Truncated("Ogg page header cut off at byte " + offset);
    }
    if (in.getInt() != CAPTURE) {
      throw new MediaFormatException.Malformed("no Ogg page at byte " + offset);
    }
    int version = in.get();
    int flags = in.get();
    if (version != 0 || (flags & ~(CONTINUED | FIRST | LAST)) != 0) {
      throw new MediaFormatException.Malformed("Ogg page: unknown version or flags");
    }
    long granule = in.getLong();
    int serial = in.getInt();
    int sequence = in.getInt();
    int checksum = in.getInt();
    byte[] lacing = new byte[Byte.toUnsignedInt(in.get())];
    if (in.remaining() < lacing.length) {
      throw new MediaFormatException.Truncated("Ogg lacing values cut off at byte " + offset);
    }
    in.get(lacing);
    int length = 0;
    for (byte value : lacing) {
      length += Byte.toUnsignedInt(value);
    }
    if (in.remaining() < length) {
      throw new MediaFormatException.Truncated("Ogg page body cut off at byte " + offset);
    }
    byte[] body = new byte[length];
    in.get(body);
    OggPage page = new OggPage(flags, granule, serial, sequence, lacing, body);
    byte[] again = page.write();
    if (checksum != ByteBuffer.wrap(again).order(ByteOrder.LITTLE_ENDIAN).getInt(CRC_OFFSET)) {
      throw new MediaFormatException.Malformed("Ogg page " + sequence + ": checksum differs");
    }
    return page;
  }

  /** Length of the whole page in bytes. */
  int length() {
    return HEADER_BYTES + lacing.length + body.length;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The page's bytes, checksum included. */
  byte[] write() {
    ByteBuffer out = ByteBuffer.allocate(length()).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(CAPTURE).put((byte) 0).put((byte) flags).putLong(granule).putInt(serial);
    out.putInt(sequence).putInt(0).put((byte) lacing.length).put(lacing).put(body);
    byte[] bytes = out.array();
    out.putInt(CRC_OFFSET, crc(bytes));
    return bytes;
  }

  static int crc(byte[] bytes) {
    int crc = 0;
    for (byte b : bytes) {
      crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ Byte.toUnsignedInt(b)];
    }
    return crc;
  }

  /** Appends the lacing values of a packet: 255 for each full 255 bytes, then the rest, even 0. */
  static int lace(int packetBytes, byte[] lacing, int at) {
    int full = packetBytes / 255;
    Arrays.fill(lacing, at, at + full, (byte) 255);
    lacing[at + full] = (byte) (packetBytes % 255);
    return at + full + 1;
  }

  private static int[] crcTable() {
    int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int value = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        value = (value << 1) ^ (value < 0 ? 0x04C11DB7 : 0);
      }
      table[i] = value;
    }
    return table;
  }
}
