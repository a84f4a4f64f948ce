package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The field against {@link BigInteger}, with limbs at the edges of what each method may read. */
class Field25519Test {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final long LIMB = 1L << 51;
  private static final long TIGHT = LIMB + (1L << 24) - 1;
  private static final long LOOSE = (1L << 53) - 1;

  private static BigInteger value(long[] limbs) {
    BigInteger value = BigInteger.ZERO;
    for (int i = limbs.length - 1; i >= 0; i--) {
      value = value.shiftLeft(51).add(BigInteger.valueOf(limbs[i]));
    }
    return value;
  }

  private static BigInteger number(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return new BigInteger(1, bigEndian);
  }

  private static byte[] bytes(BigInteger number) {
    byte[] bytes = new byte[Field25519.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  private static long[] all(long limb) {
    long[] limbs = new long[Field25519.LIMBS];
    Arrays.fill(limbs, limb);
    return limbs;
  }

  /** Half of the limbs are at an edge. */
  private static long[] limbs(SplittableRandom random, long max) {
    long[] edges = {0, 1, 18, 19, LIMB - 20, LIMB - 19, LIMB - 1, LIMB, LIMB + 1, max - 1, max};
    long[] limbs = new long[Field25519.LIMBS];
    for (int i = 0; i < limbs.length; i++) {
      limbs[i] =
          random.nextBoolean() ? edges[random.nextInt(edges.length)] : random.nextLong(max + 1);
    }
    return limbs;
  }

  private static void assertNumber(long[] actual, BigInteger expected, long max) {
    assertThat(value(actual).mod(P)).isEqualTo(expected.mod(P));
    for (long limb : actual) {
      assertThat(limb).isBetween(0L, max);
    }
  }

  @Test
  void productsOfTheLargestLimbsLoseNothing() {
    long[] out = new long[Field25519.LIMBS];
    BigInteger largest = value(all(LOOSE));
    Field25519.multiply(out, all(LOOSE), all(LOOSE));
    assertNumber(out, largest.multiply(largest), TIGHT);
    Field25519.square(out, all(LOOSE));
    assertNumber(out, largest.multiply(largest), TIGHT);
    Field25519.scale(out, all(LOOSE), (1 << 17) - 1);
    assertNumber(out, largest.multiply(BigInteger.valueOf((1 << 17) - 1)), TIGHT);
  }

  @Test
  void productsAreThoseOfTheIntegers() {
    Cases.run(
        "field25519-products",
        5_000,
        100_000,
        (seed, random) -> {
          long[] a = limbs(random, LOOSE);
          long[] b = limbs(random, LOOSE);
          BigInteger product = value(a).multiply(value(b));
          BigInteger square = value(a).pow(2);
          long[] out = new long[Field25519.LIMBS];
          Field25519.multiply(out, a, b);
          assertNumber(out, product, TIGHT);
          Field25519.square(out, a);
          assertNumber(out, square, TIGHT);
          int factor = random.nextInt(1 << 17);
          Field25519.scale(out, a, factor);
          assertNumber(out, value(a).multiply(BigInteger.valueOf(factor)), TIGHT);
          long[] again = a.clone();
          Field25519.scale(again, again, factor);
          assertThat(again).as("in its own place").isEqualTo(out);
          again = a.clone();
          Field25519.multiply(again, again, b);
          assertNumber(again, product, TIGHT);
          again = b.clone();
          Field25519.multiply(again, a, again);
          assertNumber(again, product, TIGHT);
          Field25519.square(a, a);
          assertNumber(a, square, TIGHT);
        });
  }

  @Test
  void sumsAndDifferencesAreThoseOfTheIntegers() {
    Cases.run(
        "field25519-sums",
        5_000,
        100_000,
        (seed, random) -> {
          long[] a = limbs(random, TIGHT);
          long[] b = limbs(random, TIGHT);
          BigInteger sum = value(a).add(value(b));
          BigInteger difference = value(a).subtract(value(b));
          long[] out = new long[Field25519.LIMBS];
          Field25519.add(out, a, b);
          assertNumber(out, sum, LOOSE);
          Field25519.subtract(out, a, b);
          assertNumber(out, difference, LOOSE);
          Field25519.subtract(b, a, b);
          assertNumber(b, difference, LOOSE);
        });
  }

  @Test
  void differencesOfTheEndsStayPositive() {
    long[] out = new long[Field25519.LIMBS];
    Field25519.subtract(out, all(0), all(TIGHT));
    assertNumber(out, value(all(TIGHT)).negate(), LOOSE);
    Field25519.subtract(out, all(TIGHT), all(0));
    assertNumber(out, value(all(TIGHT)), LOOSE);
  }

  @Test
  void everythingAroundTheModulusIsWrittenInOneForm() {
    byte[] written = new byte[Field25519.BYTES];
    for (int multiple = 0; multiple <= 4; multiple++) {
      for (int offset = -50; offset <= 50; offset++) {
        BigInteger number =
            P.multiply(BigInteger.valueOf(multiple)).add(BigInteger.valueOf(offset));
        if (number.signum() >= 0) {
          Field25519.write(limbsOf(number), written);
          assertThat(number(written)).isEqualTo(number.mod(P));
        }
      }
    }
  }

  /** Limbs of 51 bits, and the highest one of what is left. */
  private static long[] limbsOf(BigInteger number) {
    long[] limbs = new long[Field25519.LIMBS];
    for (int i = 0; i < 4; i++) {
      limbs[i] = number.shiftRight(51 * i).longValue() & (LIMB - 1);
    }
    limbs[4] = number.shiftRight(204).longValueExact();
    assertThat(limbs[4]).isBetween(0L, LOOSE);
    return limbs;
  }

  @Test
  void looseNumbersAreWrittenInOneForm() {
    Cases.run(
        "field25519-writing",
        5_000,
        100_000,
        (seed, random) -> {
          long[] a = limbs(random, LOOSE);
          byte[] written = new byte[Field25519.BYTES];
          Field25519.write(a, written);
          assertThat(number(written)).isEqualTo(value(a).mod(P));
        });
  }

  @Test
  void readingDropsTheHighestBitAndTakesWhatIsNotCanonical_X25519_RFC() {
    Cases.run(
        "field25519-reading",
        2_000,
        50_000,
        (seed, random) -> {
          byte[] bytes = new byte[Field25519.BYTES];
          random.nextBytes(bytes);
          if (seed % 2 == 0) {
            bytes = bytes(P.add(BigInteger.valueOf(random.nextInt(-100, 19))));
            bytes[31] |= (byte) (seed % 4 == 0 ? 0x80 : 0);
          }
          long[] read = new long[Field25519.LIMBS];
          Field25519.read(read, bytes);
          assertNumber(read, number(bytes).clearBit(255), LIMB - 1);
        });
  }

  @Test
  void invertingAndSquaresAreThoseOfTheIntegers() {
    BigInteger half = P.shiftRight(1);
    Cases.run(
        "field25519-powers",
        500,
        20_000,
        (seed, random) -> {
          long[] a = limbs(random, LOOSE);
          BigInteger number = value(a).mod(P);
          boolean square = !number.modPow(half, P).equals(P.subtract(BigInteger.ONE));
          assertThat(FieldPower25519.isSquare(a)).isEqualTo(square);
          long[] out = new long[Field25519.LIMBS];
          FieldPower25519.invert(out, a);
          assertNumber(out, number.signum() == 0 ? BigInteger.ZERO : number.modInverse(P), TIGHT);
          FieldPower25519.invert(a, a);
          assertThat(a).as("in its own place").isEqualTo(out);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {-20, -19, -1, 0, 1, 2, 18, 19, 20})
  void invertingAndSquaresAroundTheModulus(int offset) {
    for (BigInteger multiple : new BigInteger[] {P, P.shiftLeft(1)}) {
      BigInteger number = multiple.add(BigInteger.valueOf(offset));
      long[] out = new long[Field25519.LIMBS];
      FieldPower25519.invert(out, limbsOf(number));
      assertNumber(out, offset == 0 ? BigInteger.ZERO : number.modInverse(P), TIGHT);
      assertThat(FieldPower25519.isSquare(limbsOf(number)))
          .isEqualTo(!number.modPow(P.shiftRight(1), P).equals(P.subtract(BigInteger.ONE)));
    }
  }
}
