package io.matrixrtc.olm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One X25519 agreement, by the Montgomery ladder. Every scalar takes the same steps: which of its
 * bits are set decides neither a branch nor an index, only a mask; for the numbers see {@link
 * Field25519}. Wipes all that it worked with.
 *
 * <p>Bouncy Castle, which makes the public keys, takes a fifth longer for this. It is the reference
 * in the tests.
 *
 * <p>Source: RFC 7748, section 5.
 */
final class X25519Ladder {
  static final int BYTES = 32;

  /** (486662 − 2) / 4, of the curve v² = u³ + 486662 u² + u. */
  private static final int A24 = 121665;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long[] scalar = new long[4];
  private final long[] u = new long[Field25519.LIMBS];
  // The ladder's two points as fractions x : z. The second one is always the first one plus u.
  private final long[] x2 = new long[Field25519.LIMBS];
  private final long[] z2 = new long[Field25519.LIMBS];
  private final long[] x3 = new long[Field25519.LIMBS];
  private final long[] z3 = new long[Field25519.LIMBS];
  private final long[] a = new long[Field25519.LIMBS];
  private final long[] b = new long[Field25519.LIMBS];
  private final long[] c = new long[Field25519.LIMBS];
  private final long[] d = new long[Field25519.LIMBS];

  private X25519Ladder() {}

  /**
   * Writes {@code scalar} times {@code point} into {@code shared}; 32 bytes each. The scalar is
   * clamped, the highest bit of the point ignored, and a point that is p or more taken modulo p
   * (X25519-RFC).
   *
   * @return false if {@code shared} is all zero, as with points of small order
   */
  static boolean agree(byte[] scalar, byte[] point, byte[] shared) {
    X25519Ladder ladder = new X25519Ladder();
    try {
      ladder.start(scalar, point);
      ladder.climb();
      ladder.finish(shared);
    } finally {
      ladder.wipe();
    }
    byte any = 0;
    for (byte one : shared) {
      any |= one;
    }
    return any != 0;
  }

  private void start(byte[] bytes, byte[] point) {
    for (int i = 0; i < scalar.length; i++) {
      scalar[i] = (long) WORD.get(bytes, Long.BYTES * i);
    }
    scalar[0] &= ~7L;
    scalar[3] = (scalar[3] & Long.MAX_VALUE) | (1L << 62);
    Field25519.read(u, point);
    System.arraycopy(u, 0, x3, 0, u.length);
    x2[0] = 1;
    z3[0] = 1;
  }

  private void climb() {
    long swapped = 0;
    for (int i = 254; i >= 0; i--) {
      long bit = (scalar[i >>> 6] >>> i) & 1;
      swapIf(swapped ^ bit, x2, x3);
      swapIf(swapped ^ bit, z2, z3);
      swapped = bit;
      step();
    }
    swapIf(swapped, x2, x3);
    swapIf(swapped, z2, z3);
  }

  /** Exchanges two numbers if {@code bit} is 1, and does the same work if it is 0. */
  static void swapIf(long bit, long[] a, long[] b) {
    long mask = -bit;
    for (int i = 0; i < Field25519.LIMBS; i++) {
      long difference = mask & (a[i] ^ b[i]);
      a[i] ^= difference;
      b[i] ^= difference;
    }
  }

  /** Doubles the first point and adds the two. */
  private void step() {
    Field25519.add(a, x2, z2);
    Field25519.subtract(b, x2, z2);
    Field25519.add(c, x3, z3);
    Field25519.subtract(d, x3, z3);
    Field25519.multiply(d, d, a);
    Field25519.multiply(c, c, b);
    Field25519.add(x3, d, c);
    Field25519.square(x3, x3);
    Field25519.subtract(z3, d, c);
    Field25519.square(z3, z3);
    Field25519.multiply(z3, z3, u);
    Field25519.square(a, a);
    Field25519.square(b, b);
    Field25519.multiply(x2, a, b);
    Field25519.subtract(b, a, b);
    Field25519.scale(z2, b, A24);
    Field25519.add(z2, z2, a);
    Field25519.multiply(z2, z2, b);
  }

  private void finish(byte[] shared) {
    FieldPower25519.invert(z2, z2);
    Field25519.multiply(x2, x2, z2);
    Field25519.write(x2, shared);
  }

  private void wipe() {
    for (long[] used : new long[][] {scalar, x2, z2, x3, z3, a, b, c, d}) {
      Arrays.fill(used, 0);
    }
  }
}
