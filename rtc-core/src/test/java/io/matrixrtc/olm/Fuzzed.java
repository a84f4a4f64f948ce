package io.matrixrtc.olm;

import java.util.Arrays;

/** Checks of fuzz targets; cheap, since they run a million times. */
final class Fuzzed {
  private Fuzzed() {}

  static void same(byte[] expected, byte[] actual) {
    if (!Arrays.equals(expected, actual)) {
      throw new AssertionError("written, read and written again is not the same");
    }
  }

  static void unchanged(byte[] before, byte[] after) {
    if (!Arrays.equals(before, after)) {
      throw new AssertionError("a refusal changed the state");
    }
  }

  /** A byte that chooses, and the rest. */
  static byte[] input(int first, byte[] rest) {
    byte[] input = new byte[rest.length + 1];
    input[0] = (byte) first;
    System.arraycopy(rest, 0, input, 1, rest.length);
    return input;
  }

  /** One in {@code power of two} inputs, always the same ones. */
  static boolean rarely(byte[] input, int powerOfTwo) {
    return (Arrays.hashCode(input) & (powerOfTwo - 1)) == 0;
  }
}
