package io.matrixrtc.media;

import java.util.Arrays;

/**
 * Emulation prevention of H.264 (7.3.1) and H.265 (7.3.1.1) over encrypted bytes: no start code may
 * arise in them.
 */
final class Rbsp {
  private static final byte ESCAPE = 3;

  /** Positions before which an escape goes; grows to what the worst frame needed. */
  private int[] positions = new int[16];

  /**
   * Escapes {@code len} bytes in place: a 3 goes before each byte of at most 3 that follows two
   * zeros, counted anew after each escape.
   *
   * @return the escaped length, or -1 if it exceeds the room in the array; the bytes are then
   *     unchanged
   */
  int escape(byte[] bytes, int off, int len) {
    int count = findEscapes(bytes, off, off + len);
    if (count > bytes.length - off - len) {
      return -1;
    }
    int end = off + len;
    for (int i = count - 1; i >= 0; i--) {
      int from = positions[i];
      System.arraycopy(bytes, from, bytes, from + i + 1, end - from);
      bytes[from + i] = ESCAPE;
      end = from;
    }
    return len + count;
  }

  private int findEscapes(byte[] bytes, int off, int end) {
    int count = 0;
    int pair = ZeroPairs.find(bytes, off, end);
    while (pair >= 0 && pair + 2 < end) {
      if ((bytes[pair + 2] & 0xFC) == 0) {
        if (count == positions.length) {
          positions = Arrays.copyOf(positions, count * 2);
        }
        positions[count++] = pair + 2;
        pair = ZeroPairs.find(bytes, pair + 2, end);
      } else {
        pair = ZeroPairs.find(bytes, pair + 3, end);
      }
    }
    return count;
  }

  /**
   * The first escape byte; -1 if there is none. One that is the last byte does not count: the end
   * of a frame is its IV length and key index.
   */
  static int findEscape(byte[] bytes, int off, int len) {
    int found = nextEscape(bytes, off, off + len);
    return found == off + len - 1 ? -1 : found;
  }

  /** The first escape byte in the range, the last byte included. */
  static int nextEscape(byte[] bytes, int off, int end) {
    int pair = ZeroPairs.find(bytes, off, end);
    while (pair >= 0 && pair + 2 < end) {
      byte third = bytes[pair + 2];
      if (third == ESCAPE) {
        return pair + 2;
      }
      pair = ZeroPairs.find(bytes, third == 0 ? pair + 1 : pair + 3, end);
    }
    return -1;
  }

  /**
   * Copies the bytes without their escapes.
   *
   * @param firstEscape the first one, or -1
   * @return the length written
   */
  static int unescape(byte[] in, int off, int len, int firstEscape, byte[] out, int outOff) {
    int end = off + len;
    int from = off;
    int to = outOff;
    for (int escape = firstEscape; escape >= 0; escape = nextEscape(in, from, end)) {
      System.arraycopy(in, from, out, to, escape - from);
      to += escape - from;
      from = escape + 1;
    }
    System.arraycopy(in, from, out, to, end - from);
    return to + end - from - outOff;
  }
}
