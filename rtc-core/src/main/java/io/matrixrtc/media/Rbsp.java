package io.matrixrtc.media;

import java.util.Arrays;

/**
 * Emulation prevention of H.264 (7.3.1) and H.265 (7.3.1.1) over encrypted bytes: no start code may
 * arise in them. Scans look at every third byte of ordinary data.
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
    int i = off;
    while (i + 2 < end) {
      int third = bytes[i + 2];
      if ((third & 0xFC) != 0) {
        i += 3;
      } else if (bytes[i] == 0 && bytes[i + 1] == 0) {
        if (count == positions.length) {
          positions = Arrays.copyOf(positions, count * 2);
        }
        positions[count++] = i + 2;
        i += 2;
      } else {
        i++;
      }
    }
    return count;
  }

  /**
   * Whether the bytes hold an escape; one in the last three bytes does not count, as those cannot
   * be behind an escape in a frame's trailer.
   */
  static boolean needsUnescaping(byte[] bytes, int off, int len) {
    int end = off + len - 1;
    int i = off;
    while (i + 2 < end) {
      byte third = bytes[i + 2];
      if (third == ESCAPE && bytes[i] == 0 && bytes[i + 1] == 0) {
        return true;
      }
      i += (third & 0xFC) == 0 ? 1 : 3;
    }
    return false;
  }

  /**
   * Copies the bytes without their escapes.
   *
   * @return the length written
   */
  static int unescape(byte[] in, int off, int len, byte[] out, int outOff) {
    int end = off + len;
    int from = off;
    int to = outOff;
    int i = off;
    while (i + 2 < end) {
      byte third = in[i + 2];
      if (third == ESCAPE && in[i] == 0 && in[i + 1] == 0) {
        int run = i + 2 - from;
        System.arraycopy(in, from, out, to, run);
        to += run;
        from = i + 3;
        i = from;
      } else {
        i += (third & 0xFC) == 0 ? 1 : 3;
      }
    }
    System.arraycopy(in, from, out, to, end - from);
    return to + (end - from) - outOff;
  }
}
