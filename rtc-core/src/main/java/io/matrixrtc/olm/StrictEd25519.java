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
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Strict Ed25519 verification out of two engines. Bouncy Castle is fast but checks the equation
 * multiplied by the cofactor and takes an R of small order; the JDK checks the plain equation but
 * takes keys of small order. Only for a key with a part of small order do the two equations differ,
 * so only such a key, which no honest device has, costs the slow check as well.
 */
final class StrictEd25519 {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);

  private StrictEd25519() {}

  /** What is known of a public key. */
  enum KeyGrade {
    UNKNOWN,
    /** In the prime-order group, as every honest key. */
    PRIME_ORDER,
    /** With a part of small order beside one of prime order. */
    MIXED_ORDER,
    /** Of small order, or not written canonically: verifies nothing. */
    REFUSED
  }

  /** Whether 32 bytes name a point of the curve, canonically written or not. */
  static boolean isPoint(byte[] key) {
    return Ed25519.validatePublicKeyPartial(key, 0) || hasPoint(key);
  }

  static KeyGrade grade(byte[] key) {
    if (!Ed25519.validatePublicKeyPartial(key, 0)) {
      return KeyGrade.REFUSED; // ED-SMALL-A
    }
    return Ed25519.validatePublicKeyFull(key, 0) ? KeyGrade.PRIME_ORDER : KeyGrade.MIXED_ORDER;
  }

  static boolean verify(KeyGrade grade, byte[] key, byte[] message, byte[] signature) {
    if (grade == KeyGrade.REFUSED || grade == KeyGrade.UNKNOWN) {
      return false;
    }
    return Ed25519.validatePublicKeyPartial(signature, 0) // ED-SMALL-R: R is the first half
        && Ed25519.verify(signature, 0, key, 0, message, 0, message.length) // ED-S: S below order
        && (grade == KeyGrade.PRIME_ORDER
            || verifyPlainEquation(key, message, signature)); // ED-COF
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
