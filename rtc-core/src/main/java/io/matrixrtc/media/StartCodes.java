package io.matrixrtc.media;

/**
 * Annex B start codes. A depacketiser rebuilds every NALU with the 4-byte code, so a sender must
 * authenticate the clear part as the receiver will see it.
 */
final class StartCodes {
  private StartCodes() {}

  /** The first position of {@code 00 00 01} from {@code from} to before {@code to}; -1 if none. */
  static int find(byte[] bytes, int from, int to) {
    int pair = ZeroPairs.find(bytes, from, to + 1);
    while (pair >= 0 && pair < to) {
      byte third = bytes[pair + 2];
      if (third == 1) {
        return pair;
      }
      pair = ZeroPairs.find(bytes, third == 0 ? pair + 1 : pair + 3, to + 1);
    }
    return -1;
  }

  /** How many start codes in the bytes have 3 bytes: not preceded by a zero. */
  static int countShort(byte[] bytes, int off, int len) {
    int count = 0;
    int last = off + len - 2;
    for (int i = find(bytes, off, last); i >= 0; i = find(bytes, i + 3, last)) {
      if (i == off || bytes[i - 1] != 0) {
        count++;
      }
    }
    return count;
  }

  /**
   * Copies the bytes with 4-byte start codes only.
   *
   * @return the length written: {@code len} + {@link #countShort}
   */
  static int copyNormalized(byte[] in, int off, int len, byte[] out, int outOff) {
    int last = off + len - 2;
    int from = off;
    int to = outOff;
    for (int i = find(in, off, last); i >= 0; i = find(in, i + 3, last)) {
      if (i == off || in[i - 1] != 0) {
        System.arraycopy(in, from, out, to, i - from);
        to += i - from;
        out[to++] = 0;
        from = i;
      }
    }
    System.arraycopy(in, from, out, to, off + len - from);
    return to + off + len - from - outOff;
  }
}
