package io.matrixrtc.olm;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * Strict Ed25519 verification out of two engines. Bouncy Castle is fast but checks the equation
 * multiplied by the cofactor and takes an R of small order; the JDK checks the plain equation but
 * takes keys of small order. A key with a part of small order, which no honest device has, costs
 * the slow check as well. For all others the two equations differ only where R has a part of small
 * order; such a signature, which nobody but the owner of the key can make, is taken (ED-COF-R).
 */
final class StrictEd25519 {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);

  /** The y of every point of small order, little-endian; each is that of one point or of two. */
  static final byte[][] SMALL_ORDER_Y = {
    y("0000000000000000000000000000000000000000000000000000000000000000"), // order 4
    y("0100000000000000000000000000000000000000000000000000000000000000"), // order 1
    y("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"), // order 2
    y("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), // order 8
    y("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), // order 8
  };

  private static byte[] y(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private StrictEd25519() {}

  /** What is known of a public key. */
  enum KeyGrade {
    /** In the prime-order group, as every honest key. */
    PRIME_ORDER,
    /** With a part of small order beside one of prime order. */
    MIXED_ORDER,
    /** Of small order, or not written canonically: verifies nothing. */
    REFUSED
  }

  /**
   * A key that was looked at.
   *
   * @param point the key decoded, which takes a tenth of a verification; none if it is refused
   */
  record KnownKey(KeyGrade grade, Ed25519.@Nullable PublicPoint point) {}

  /** Whether 32 bytes name a point of the curve, canonically written or not. */
  static boolean isPoint(byte[] key) {
    return Ed25519.validatePublicKeyPartial(key, 0) || hasPoint(key);
  }

  static KnownKey lookAt(byte[] key) {
    Ed25519.PublicPoint point = Ed25519.validatePublicKeyPartialExport(key, 0);
    if (point == null) {
      return new KnownKey(KeyGrade.REFUSED, null); // ED-SMALL-A
    }
    return new KnownKey(
        Ed25519.validatePublicKeyFull(key, 0) ? KeyGrade.PRIME_ORDER : KeyGrade.MIXED_ORDER, point);
  }

  /** Verifies with {@code key}, of which {@code known} was made. */
  static boolean verify(KnownKey known, byte[] key, byte[] message, byte[] signature) {
    Ed25519.PublicPoint point = known.point();
    return point != null
        && !isOfSmallOrder(signature) // ED-SMALL-R: R is the first half
        && Ed25519.verify(signature, 0, point, message, 0, message.length) // ED-S: S below order
        && (known.grade() == KeyGrade.PRIME_ORDER
            || verifyPlainEquation(key, message, signature)); // ED-COF
  }

  /**
   * Whether a point, the first 32 bytes, is of small order. One that is not written canonically is
   * refused by the verification.
   */
  static boolean isOfSmallOrder(byte[] point) {
    for (byte[] y : SMALL_ORDER_Y) {
      if ((point[31] & 0x7F) == y[31] && Arrays.equals(point, 0, 31, y, 0, 31)) {
        return true;
      }
    }
    return false;
  }

  private static boolean verifyPlainEquation(byte[] key, byte[] message, byte[] signature) {
    try {
      EdECPoint point = new EdECPoint((key[31] & 0x80) != 0, y(key));
      PublicKey publicKey =
          KeyFactory.getInstance("Ed25519")
              .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
      Signature engine = Signature.getInstance("Ed25519");
      engine.initVerify(publicKey);
      engine.update(message);
      return engine.verify(signature);
    } catch (SignatureException e) {
      return false; // the JDK throws for an S or R that it cannot read
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks Ed25519", e);
    }
  }

  /** Whether y² − 1 over d·y² + 1 is a square, that is, some x belongs to this y. */
  static boolean hasPoint(byte[] key) {
    BigInteger y2 = y(key).modPow(BigInteger.TWO, P);
    BigInteger x2 =
        y2.subtract(BigInteger.ONE).multiply(D.multiply(y2).add(BigInteger.ONE).modInverse(P));
    BigInteger half = P.shiftRight(1);
    return !x2.mod(P).modPow(half, P).equals(P.subtract(BigInteger.ONE));
  }

  private static BigInteger y(byte[] key) {
    byte[] bigEndian = new byte[32];
    for (int i = 0; i < 32; i++) {
      bigEndian[31 - i] = key[i];
    }
    bigEndian[0] &= 0x7F;
    return new BigInteger(1, bigEndian);
  }
}
