package io.matrixrtc.olm;

import java.util.Arrays;

/**
 * Powers of numbers modulo p = 2^255 − 19. All exponents are constants, so that the time tells
 * nothing; the numbers may be secret. Wipes what it worked with. Numbers are as in {@link
 * Field25519}; results are tight.
 */
final class FieldPower25519 {
  private FieldPower25519() {}

  /** One over a loose number; 0 if it is 0. Writes the power p − 2 = 8 · (2^252 − 3) + 3. */
  static void invert(long[] out, long[] a) {
    long[] number = a.clone();
    long[] cube = new long[Field25519.LIMBS];
    Field25519.square(cube, number);
    Field25519.multiply(cube, cube, number);
    power252(out, number);
    square(out, 3);
    Field25519.multiply(out, out, cube);
    Arrays.fill(number, 0);
    Arrays.fill(cube, 0);
  }

  /**
   * Whether a loose number, which is no secret, is the square of one, as 0 is: whether it is no −1
   * to the power (p − 1) / 2 = 4 · (2^252 − 3) + 2.
   */
  static boolean isSquare(long[] a) {
    long[] power = new long[Field25519.LIMBS];
    long[] square = new long[Field25519.LIMBS];
    Field25519.square(square, a);
    power252(power, a);
    square(power, 2);
    Field25519.multiply(power, power, square);
    byte[] written = new byte[Field25519.BYTES];
    Field25519.write(power, written);
    return written[1] == 0; // 0 or 1; −1 is p − 1, whose second byte is 255
  }

  /** The power 2^252 − 3, by way of 2^n − 1 for n = 5, 10, 20, 40, 50, 100, 200, 250. */
  private static void power252(long[] out, long[] a) {
    long[] number = a.clone();
    long[] t = new long[Field25519.LIMBS];
    long[] ones5 = new long[Field25519.LIMBS];
    long[] ones10 = new long[Field25519.LIMBS];
    long[] ones50 = new long[Field25519.LIMBS];
    long[] ones100 = new long[Field25519.LIMBS];
    Field25519.square(t, number); // 2
    Field25519.square(ones5, t);
    Field25519.square(ones5, ones5); // 8
    Field25519.multiply(ones5, ones5, number); // 9
    Field25519.multiply(t, t, ones5); // 11
    Field25519.square(t, t); // 22
    Field25519.multiply(ones5, ones5, t); // 31
    append(ones10, ones5, 5, ones5);
    append(t, ones10, 10, ones10); // 20 ones
    append(t, t, 20, t); // 40 ones
    append(ones50, t, 10, ones10);
    append(ones100, ones50, 50, ones50);
    append(t, ones100, 100, ones100); // 200 ones
    append(t, t, 50, ones50); // 250 ones
    square(t, 2);
    Field25519.multiply(out, t, number); // 4 · (2^250 − 1) + 1
    for (long[] used : new long[][] {number, t, ones5, ones10, ones50, ones100}) {
      Arrays.fill(used, 0);
    }
  }

  /** Writes the exponent of {@code a} in binary, and behind it the {@code count} digits of b's. */
  private static void append(long[] out, long[] a, int count, long[] b) {
    long[] moved = a.clone();
    square(moved, count);
    Field25519.multiply(out, moved, b);
    Arrays.fill(moved, 0);
  }

  private static void square(long[] a, int times) {
    for (int i = 0; i < times; i++) {
      Field25519.square(a, a);
    }
  }
}
