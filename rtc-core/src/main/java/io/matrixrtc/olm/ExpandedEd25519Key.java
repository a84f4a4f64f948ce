package io.matrixrtc.olm;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECMultiplier;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * An Ed25519 key of which only the expansion is known: libolm keeps the SHA-512 of a seed, clamped,
 * and not the seed. Signs exactly as the seed would. Only outbound group sessions that were
 * imported have one; its arithmetic modulo the group order is that of {@link BigInteger}, whose
 * time depends a little on the numbers and whose copies cannot be wiped.
 *
 * <pre>| scalar 32, little-endian, clamped | nonce prefix 32 |</pre>
 *
 * <p>The engine at hand signs with seeds alone. So multiples of the base point are computed on the
 * same curve in its Weierstrass form, which the engine multiplies on, and carried back.
 *
 * <p>Source: RFC 8032, 5.1.6; RFC 7748, 4.1 for the maps between the forms.
 */
final class ExpandedEd25519Key implements MessageSigner {
  static final int BYTES = 64;

  private static final int HALF = 32;
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final ECPoint BASE = CustomNamedCurves.getByName("curve25519").getG();

  /** Montgomery's u is Weierstrass' x without this. */
  private static final BigInteger SHIFT =
      BigInteger.valueOf(486662).multiply(BigInteger.valueOf(3).modInverse(P)).mod(P);

  private static final BigInteger STRETCH = stretch();

  private final byte[] expanded;
  private final Ed25519PublicKey publicKey;
  private boolean closed;

  private ExpandedEd25519Key(byte[] owned) {
    this.expanded = owned;
    this.publicKey = Ed25519PublicKey.owned(timesBase(scalar()));
  }

  /** Takes over {@code expanded}; refuses what no seed expands to. */
  static ExpandedEd25519Key owned(byte[] expanded) throws KeyFormatException {
    boolean clamped = (expanded[0] & 0x07) == 0 && (expanded[HALF - 1] & 0xC0) == 0x40;
    if (!clamped) {
      throw new KeyFormatException(KeyFormatException.Reason.NOT_A_KEY, "expanded ed25519 key");
    }
    return new ExpandedEd25519Key(expanded);
  }

  /** Returns what {@code seed} expands to. */
  static byte[] expand(byte[] seed) {
    byte[] expanded = sha512(seed);
    expanded[0] &= (byte) 0xF8;
    expanded[HALF - 1] = (byte) (expanded[HALF - 1] & 0x3F | 0x40);
    return expanded;
  }

  @Override
  public Ed25519PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public Ed25519Signature sign(byte[] message) {
    checkOpen();
    byte[] prefix = Arrays.copyOfRange(expanded, HALF, BYTES);
    byte[] nonceHash = sha512(prefix, message);
    BigInteger nonce = littleEndian(nonceHash, BYTES).mod(ORDER);
    byte[] commitment = timesBase(nonce);
    BigInteger challenge =
        littleEndian(sha512(commitment, publicKey.raw(), message), BYTES).mod(ORDER);
    BigInteger response = challenge.multiply(scalar()).add(nonce).mod(ORDER);
    Arrays.fill(prefix, (byte) 0);
    Arrays.fill(nonceHash, (byte) 0);
    byte[] signature = Arrays.copyOf(commitment, Ed25519Signature.BYTES);
    System.arraycopy(littleEndian(response), 0, signature, HALF, HALF);
    return Ed25519Signature.owned(signature);
  }

  /** Returns a copy of the 64 bytes, which the caller must zero. */
  byte[] copyExpanded() {
    checkOpen();
    return expanded.clone();
  }

  private BigInteger scalar() {
    return littleEndian(expanded, HALF).mod(ORDER);
  }

  /** Returns a multiple of Ed25519's base point as its 32 bytes; {@code scalar} is not 0. */
  private static byte[] timesBase(BigInteger scalar) {
    ECMultiplier comb = new FixedPointCombMultiplier();
    ECPoint point = comb.multiply(BASE, scalar).normalize();
    BigInteger u = u(point);
    BigInteger y = u.subtract(BigInteger.ONE).multiply(u.add(BigInteger.ONE).modInverse(P)).mod(P);
    byte[] encoded = littleEndian(y);
    if (edwardsX(point, STRETCH).testBit(0)) {
      encoded[HALF - 1] |= (byte) 0x80;
    }
    return encoded;
  }

  private static BigInteger u(ECPoint point) {
    return point.getAffineXCoord().toBigInteger().subtract(SHIFT).mod(P);
  }

  private static BigInteger edwardsX(ECPoint point, BigInteger stretch) {
    BigInteger v = point.getAffineYCoord().toBigInteger();
    return stretch.multiply(u(point)).multiply(v.modInverse(P)).mod(P);
  }

  /** The root of −486664 that carries the engine's base point to Ed25519's, whose x is even. */
  private static BigInteger stretch() {
    BigInteger square = P.subtract(BigInteger.valueOf(486664));
    BigInteger root = square.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!root.multiply(root).mod(P).equals(square)) {
      BigInteger rootOfMinusOne =
          BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);
      root = root.multiply(rootOfMinusOne).mod(P);
    }
    return edwardsX(BASE.normalize(), root).testBit(0) ? P.subtract(root) : root;
  }

  private static BigInteger littleEndian(byte[] bytes, int length) {
    byte[] bigEndian = new byte[length];
    for (int i = 0; i < length; i++) {
      bigEndian[length - 1 - i] = bytes[i];
    }
    BigInteger number = new BigInteger(1, bigEndian);
    Arrays.fill(bigEndian, (byte) 0);
    return number;
  }

  private static byte[] littleEndian(BigInteger number) {
    byte[] bytes = new byte[HALF];
    for (int i = 0; i < HALF; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  private static byte[] sha512(byte[]... parts) {
    try {
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      for (byte[] part : parts) {
        sha512.update(part);
      }
      return sha512.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform lacks SHA-512", e);
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("ed25519 key is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(expanded, (byte) 0);
  }

  @Override
  public String toString() {
    return "ExpandedEd25519Key[" + publicKey + "]";
  }
}
