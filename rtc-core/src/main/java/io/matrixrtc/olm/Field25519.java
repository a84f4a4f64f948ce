package io.matrixrtc.olm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers modulo p = 2^255 − 19, for secrets: which instructions run and which memory is touched
 * never depends on a number. {@link Math#multiplyHigh} is one instruction, or takes the same way
 * for all operands that are not negative, as all are here.
 *
 * <p>A number is five limbs of 51 bits, lowest first, in a {@code long[5]}; one number has many
 * such forms. Limbs are <em>tight</em> if they are below 2^51 + 2^24, as every method here writes
 * them but {@link #add} and {@link #subtract}, and <em>loose</em> below 2^53, as these two write
 * them. What a method reads may be loose if it says so. Where two numbers are given, they and the
 * result may be the same array. Nothing is allocated, and nothing is kept.
 */
final class Field25519 {
  static final int LIMBS = 5;
  static final int BYTES = 32;

  private static final int LIMB_BITS = 51;
  private static final long MASK = (1L << LIMB_BITS) - 1;

  /** Twice p, limb by limb: more than any tight number, so that differences are not negative. */
  private static final long TWICE_P_LOWEST = (MASK - 18) << 1;

  private static final long TWICE_P_OTHER = MASK << 1;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Field25519() {}

  /** Reads 32 bytes, lowest first, without the highest bit; p or more counts modulo p. */
  static void read(long[] out, byte[] bytes) {
    long word0 = (long) WORD.get(bytes, 0);
    long word1 = (long) WORD.get(bytes, 8);
    long word2 = (long) WORD.get(bytes, 16);
    long word3 = (long) WORD.get(bytes, 24);
    out[0] = word0 & MASK;
    out[1] = ((word0 >>> 51) | (word1 << 13)) & MASK;
    out[2] = ((word1 >>> 38) | (word2 << 26)) & MASK;
    out[3] = ((word2 >>> 25) | (word3 << 39)) & MASK;
    out[4] = (word3 >>> 12) & MASK;
  }

  /** Writes the one form below p of a loose number: 32 bytes, lowest first. */
  static void write(long[] a, byte[] bytes) {
    long a0 = a[0];
    long a1 = a[1];
    long a2 = a[2];
    long a3 = a[3];
    long a4 = a[4];
    for (int pass = 0; pass < 2; pass++) { // after the second one each limb is below 2^51
      a1 += a0 >>> LIMB_BITS;
      a2 += a1 >>> LIMB_BITS;
      a3 += a2 >>> LIMB_BITS;
      a4 += a3 >>> LIMB_BITS;
      a0 = (a0 & MASK) + 19 * (a4 >>> LIMB_BITS);
      a1 &= MASK;
      a2 &= MASK;
      a3 &= MASK;
      a4 &= MASK;
    }
    long carry = (a0 + 19) >>> LIMB_BITS; // in the end 1 if the number is p or more, else 0
    carry = (a1 + carry) >>> LIMB_BITS;
    carry = (a2 + carry) >>> LIMB_BITS;
    carry = (a3 + carry) >>> LIMB_BITS;
    carry = (a4 + carry) >>> LIMB_BITS;
    a0 += 19 * carry;
    a1 += a0 >>> LIMB_BITS;
    a2 += a1 >>> LIMB_BITS;
    a3 += a2 >>> LIMB_BITS;
    a4 += a3 >>> LIMB_BITS;
    WORD.set(bytes, 0, (a0 & MASK) | (a1 << 51));
    WORD.set(bytes, 8, ((a1 & MASK) >>> 13) | (a2 << 38));
    WORD.set(bytes, 16, ((a2 & MASK) >>> 26) | (a3 << 25));
    WORD.set(bytes, 24, ((a3 & MASK) >>> 39) | ((a4 & MASK) << 12)); // without 2^255
  }

  /** The sum of two tight numbers, loose. */
  static void add(long[] out, long[] a, long[] b) {
    out[0] = a[0] + b[0];
    out[1] = a[1] + b[1];
    out[2] = a[2] + b[2];
    out[3] = a[3] + b[3];
    out[4] = a[4] + b[4];
  }

  /** The difference of two tight numbers, loose. */
  static void subtract(long[] out, long[] a, long[] b) {
    out[0] = a[0] + TWICE_P_LOWEST - b[0];
    out[1] = a[1] + TWICE_P_OTHER - b[1];
    out[2] = a[2] + TWICE_P_OTHER - b[2];
    out[3] = a[3] + TWICE_P_OTHER - b[3];
    out[4] = a[4] + TWICE_P_OTHER - b[4];
  }

  /**
   * The product of two loose numbers. Products of limbs that belong to 2^255 and more count 19
   * times, five columns lower. Each product is cut at bit 51: the upper parts of a column are added
   * up, and so are the products modulo 2^64, of which that sum is then taken away. What remains are
   * the lower parts, five times 51 bits at most. With what comes from the column before, and with
   * 19 times the last column's in the first one, each stays below 2^62.
   */
  static void multiply(long[] out, long[] a, long[] b) {
    long a0 = a[0];
    long a1 = a[1];
    long a2 = a[2];
    long a3 = a[3];
    long a4 = a[4];
    long b0 = b[0];
    long b1 = b[1];
    long b2 = b[2];
    long b3 = b[3];
    long b4 = b[4];
    long c1 = 19 * b1;
    long c2 = 19 * b2;
    long c3 = 19 * b3;
    long c4 = 19 * b4;
    long high0 = high(a0, b0) + high(a1, c4) + high(a2, c3) + high(a3, c2) + high(a4, c1);
    long low0 = a0 * b0 + a1 * c4 + a2 * c3 + a3 * c2 + a4 * c1 - (high0 << LIMB_BITS);
    long high1 = high(a0, b1) + high(a1, b0) + high(a2, c4) + high(a3, c3) + high(a4, c2);
    long low1 = a0 * b1 + a1 * b0 + a2 * c4 + a3 * c3 + a4 * c2 - (high1 << LIMB_BITS);
    long high2 = high(a0, b2) + high(a1, b1) + high(a2, b0) + high(a3, c4) + high(a4, c3);
    long low2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * c4 + a4 * c3 - (high2 << LIMB_BITS);
    long high3 = high(a0, b3) + high(a1, b2) + high(a2, b1) + high(a3, b0) + high(a4, c4);
    long low3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * c4 - (high3 << LIMB_BITS);
    long high4 = high(a0, b4) + high(a1, b3) + high(a2, b2) + high(a3, b1) + high(a4, b0);
    long low4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 - (high4 << LIMB_BITS);
    carry(out, low0 + 19 * high4, low1 + high0, low2 + high1, low3 + high2, low4 + high3);
  }

  /** The square of a loose number: as {@link #multiply}, with equal products computed once. */
  static void square(long[] out, long[] a) {
    long a0 = a[0];
    long a1 = a[1];
    long a2 = a[2];
    long a3 = a[3];
    long a4 = a[4];
    long d0 = 2 * a0;
    long d1 = 2 * a1;
    long d2 = 2 * a2;
    long d3 = 2 * a3;
    long c3 = 19 * a3;
    long c4 = 19 * a4;
    long high0 = high(a0, a0) + high(d1, c4) + high(d2, c3);
    long low0 = a0 * a0 + d1 * c4 + d2 * c3 - (high0 << LIMB_BITS);
    long high1 = high(d0, a1) + high(d2, c4) + high(a3, c3);
    long low1 = d0 * a1 + d2 * c4 + a3 * c3 - (high1 << LIMB_BITS);
    long high2 = high(d0, a2) + high(a1, a1) + high(d3, c4);
    long low2 = d0 * a2 + a1 * a1 + d3 * c4 - (high2 << LIMB_BITS);
    long high3 = high(d0, a3) + high(d1, a2) + high(a4, c4);
    long low3 = d0 * a3 + d1 * a2 + a4 * c4 - (high3 << LIMB_BITS);
    long high4 = high(d0, a4) + high(d1, a3) + high(a2, a2);
    long low4 = d0 * a4 + d1 * a3 + a2 * a2 - (high4 << LIMB_BITS);
    carry(out, low0 + 19 * high4, low1 + high0, low2 + high1, low3 + high2, low4 + high3);
  }

  /** A loose number times {@code factor}, which is 0 to 2^17 − 1. */
  static void scale(long[] out, long[] a, int factor) {
    long c1 = high(a[0], factor) + low(a[1], factor);
    long c2 = high(a[1], factor) + low(a[2], factor);
    long c3 = high(a[2], factor) + low(a[3], factor);
    long c4 = high(a[3], factor) + low(a[4], factor);
    out[0] = low(a[0], factor) + 19 * high(a[4], factor);
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
    out[4] = c4;
  }

  /** The lower 51 bits of a product. */
  private static long low(long a, long b) {
    return (a * b) & MASK;
  }

  /** The rest of the product, for a below 2^54 and b below 19 times 2^53. */
  private static long high(long a, long b) {
    return Math.multiplyHigh(a << 8, b << 5);
  }

  /** Sums below 2^63 become limbs below 2^51 + 2^17: each hands on once what is too much. */
  private static void carry(long[] out, long c0, long c1, long c2, long c3, long c4) {
    out[0] = (c0 & MASK) + 19 * (c4 >>> LIMB_BITS);
    out[1] = (c1 & MASK) + (c0 >>> LIMB_BITS);
    out[2] = (c2 & MASK) + (c1 >>> LIMB_BITS);
    out[3] = (c3 & MASK) + (c2 >>> LIMB_BITS);
    out[4] = (c4 & MASK) + (c3 >>> LIMB_BITS);
  }
}
