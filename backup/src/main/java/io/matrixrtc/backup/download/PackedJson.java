package io.matrixrtc.backup.download;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * An entry's JSON as it is kept on disk: most of it is one text in base64, which takes a quarter
 * less as bytes. Any bytes can be packed, and come back as they were.
 *
 * <pre>| where the base64 begins 2 | its characters 2 | what is before it | its bytes | the rest |
 * </pre>
 */
final class PackedJson {
  /** Shorter runs of base64 stay as they are. */
  private static final int MIN_RUN = 64;

  private static final int MAX_RUN = 0xFFFC;
  private static final int HEADER_BYTES = 4;
  private static final boolean[] IS_BASE64 = new boolean[256];

  static {
    for (char c :
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".toCharArray()) {
      IS_BASE64[c] = true;
    }
  }

  private PackedJson() {}

  static byte[] pack(byte[] json) {
    int at = 0;
    int length = 0;
    for (int from = 0; from < json.length && from <= 0xFFFF; from++) {
      int end = from;
      while (end < json.length && IS_BASE64[json[end] & 0xFF]) {
        end++;
      }
      if (end - from > length) {
        at = from;
        length = end - from;
      }
      from = end;
    }
    length = Math.min(length & ~3, MAX_RUN); // whole groups of four stand for three bytes each
    if (length < MIN_RUN) {
      at = 0;
      length = 0;
    }
    byte[] run = Base64.getDecoder().decode(Arrays.copyOfRange(json, at, at + length));
    return ByteBuffer.allocate(HEADER_BYTES + json.length - length + run.length)
        .putShort((short) at)
        .putShort((short) length)
        .put(json, 0, at)
        .put(run)
        .put(json, at + length, json.length - at - length)
        .array();
  }

  /**
   * Returns what was packed.
   *
   * @throws BufferUnderflowException if this is none that was written
   */
  static byte[] unpack(byte[] packed) {
    ByteBuffer in = ByteBuffer.wrap(packed);
    int at = Short.toUnsignedInt(in.getShort());
    int length = Short.toUnsignedInt(in.getShort());
    byte[] run = new byte[length / 4 * 3];
    int rest = in.remaining() - at - run.length;
    if (rest < 0) {
      throw new BufferUnderflowException();
    }
    byte[] json = new byte[at + length + rest];
    in.get(json, 0, at).get(run).get(json, at + length, rest);
    System.arraycopy(Base64.getEncoder().encode(run), 0, json, at, length);
    return json;
  }
}
