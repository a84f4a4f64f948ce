package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our agreement against Bouncy Castle's, and against what RFC 7748 says. */
class X25519LadderTest {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static byte[] bytes(BigInteger number) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  private static void assertAsTheReference(byte[] scalar, byte[] point) {
    byte[] expected = new byte[32];
    boolean contributory = X25519.calculateAgreement(scalar, 0, point, 0, expected, 0);
    byte[] shared = new byte[32];
    byte[] scalarBefore = scalar.clone();
    byte[] pointBefore = point.clone();
    assertThat(X25519Ladder.agree(scalar, point, shared))
        .as("%s times %s", HexFormat.of().formatHex(scalar), HexFormat.of().formatHex(point))
        .isEqualTo(contributory);
    assertThat(shared).isEqualTo(expected);
    assertThat(scalar).isEqualTo(scalarBefore);
    assertThat(point).isEqualTo(pointBefore);
  }

  @Test
  void agreesWithTheReference_X25519_RFC() {
    Cases.run(
        "x25519-random",
        2_000,
        10_000,
        (seed, random) -> {
          byte[] scalar = new byte[32];
          byte[] point = new byte[32];
          random.nextBytes(scalar);
          random.nextBytes(point);
          assertAsTheReference(scalar, point);
        });
  }

  /** Points of small order, points that are not canonical, and their neighbours. */
  private static List<byte[]> specialPoints() {
    List<BigInteger> points = new ArrayList<>();
    for (int i = -20; i <= 18; i++) {
      points.add(P.add(BigInteger.valueOf(i))); // up to 2^255 − 1
    }
    for (int i = 0; i <= 20; i++) {
      points.add(BigInteger.valueOf(i));
    }
    for (int bit = 0; bit < 255; bit += 17) { // each limb's lowest bit, and the one before
      points.add(BigInteger.ONE.shiftLeft(bit));
      points.add(BigInteger.ONE.shiftLeft(bit).subtract(BigInteger.ONE));
    }
    List<byte[]> all = new ArrayList<>();
    points.forEach(point -> all.add(bytes(point)));
    all.add(hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")); // order 8
    all.add(hex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")); // order 8
    for (byte[] point : List.copyOf(all)) {
      byte[] withHighBit = point.clone();
      withHighBit[31] |= (byte) 0x80;
      all.add(withHighBit);
    }
    return all;
  }

  private static List<byte[]> specialScalars() {
    List<byte[]> scalars = new ArrayList<>();
    scalars.add(new byte[32]);
    scalars.add(bytes(BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE)));
    scalars.add(bytes(P));
    scalars.add(hex("55".repeat(32)));
    scalars.add(hex("aa".repeat(32)));
    scalars.add(bytes(BigInteger.ONE.shiftLeft(64)));
    return scalars;
  }

  @Test
  void agreesWithTheReferenceOnSpecialPoints_X25519_RFC() {
    for (byte[] point : specialPoints()) {
      for (byte[] scalar : specialScalars()) {
        assertAsTheReference(scalar, point);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
        + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
        + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
        + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
        + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
  })
  void givesTheResultsOfTheStandard_X25519_RFC(String scalar, String point, String result) {
    byte[] shared = new byte[32];
    assertThat(X25519Ladder.agree(hex(scalar), hex(point), shared)).isTrue();
    assertThat(shared).isEqualTo(hex(result));
  }

  @Test
  void givesTheResultsOfTheStandardAfter1000Iterations_X25519_RFC() {
    byte[] scalar = bytes(BigInteger.valueOf(9));
    byte[] point = scalar;
    for (int i = 1; i <= 1_000; i++) {
      byte[] shared = new byte[32];
      assertThat(X25519Ladder.agree(scalar, point, shared)).isTrue();
      point = scalar;
      scalar = shared;
      if (i == 1) {
        assertThat(shared)
            .isEqualTo(hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"));
      }
    }
    assertThat(scalar)
        .isEqualTo(hex("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
  }

  @Test
  void anAllZeroSecretIsToldAndWritten_X25519_ZERO() {
    byte[] scalar = hex("77".repeat(32));
    byte[] shared = hex("ff".repeat(32));
    assertThat(X25519Ladder.agree(scalar, new byte[32], shared)).isFalse();
    assertThat(shared).isEqualTo(new byte[32]);
    assertThat(X25519Ladder.agree(scalar, bytes(BigInteger.valueOf(9)), shared)).isTrue();
    assertThat(shared).isNotEqualTo(new byte[32]);
  }

  @Test
  void swappingDependsOnTheBit() {
    long[] a = {1, 2, 3, 4, Long.MAX_VALUE};
    long[] b = {6, 7, 8, 0, 10};
    X25519Ladder.swapIf(0, a, b);
    assertThat(a).containsExactly(1, 2, 3, 4, Long.MAX_VALUE);
    assertThat(b).containsExactly(6, 7, 8, 0, 10);
    X25519Ladder.swapIf(1, a, b);
    assertThat(a).containsExactly(6, 7, 8, 0, 10);
    assertThat(b).containsExactly(1, 2, 3, 4, Long.MAX_VALUE);
  }
}
