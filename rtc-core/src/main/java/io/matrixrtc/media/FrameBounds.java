package io.matrixrtc.media;

import java.util.Objects;

/** Checks a caller's arrays before a frame is touched. */
final class FrameBounds {
  private FrameBounds() {}

  /**
   * @param written how many bytes from {@code outOff} on may be written at most
   * @throws IndexOutOfBoundsException if a range is not within its array
   * @throws IllegalArgumentException if what is written could overlap the input
   */
  static void check(byte[] in, int off, int len, byte[] out, int outOff, int written) {
    Objects.checkFromIndexSize(off, len, in.length);
    Objects.checkFromToIndex(outOff, out.length, out.length);
    if (in == out && len > 0 && outOff < off + len && outOff + (long) written > off) {
      throw new IllegalArgumentException("input and output overlap");
    }
  }
}
