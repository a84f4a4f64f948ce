package io.matrixrtc.media;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds two zero bytes in a row, with which start codes and escapes begin. Such pairs are rare in
 * encoded and encrypted media, so it looks at 32 bytes at a time.
 */
final class ZeroPairs {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final int WORD = Long.BYTES;
  private static final int BLOCK = 4 * WORD;

  private ZeroPairs() {}

  /** The first position of a pair that lies within {@code from} to before {@code end}; else -1. */
  static int find(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end - BLOCK
        && (pairs(bytes, i)
                | pairs(bytes, i + WORD)
                | pairs(bytes, i + 2 * WORD)
                | pairs(bytes, i + 3 * WORD))
            == 0) {
      i += BLOCK;
    }
    while (i < end - WORD) {
      long pairs = pairs(bytes, i);
      if (pairs != 0) {
        return i + (Long.numberOfTrailingZeros(pairs) >>> 3);
      }
      i += WORD;
    }
    while (i + 1 < end) {
      if (bytes[i] == 0 && bytes[i + 1] == 0) {
        return i;
      }
      i++;
    }
    return -1;
  }

  /** Not 0 if a pair begins in the 8 bytes from {@code at}: its lowest bit is in the first one. */
  private static long pairs(byte[] bytes, int at) {
    // A byte of this is zero where a byte and the one after it are.
    long either = (long) LONGS.get(bytes, at) | (long) LONGS.get(bytes, at + 1);
    return (either - ONES) & ~either & HIGH_BITS;
  }
}
