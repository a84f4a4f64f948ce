package io.matrixrtc.olm;

import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * A Curve25519 key pair: agrees on secrets with public keys. Wipes itself when closed. Not
 * thread-safe while being closed.
 *
 * <p>Source: RFC 7748.
 */
public final class Curve25519SecretKey implements AutoCloseable {
  /** Length of the secret scalar in bytes. */
  public static final int BYTES = 32;

  /** Length of an agreed secret in bytes. */
  public static final int SHARED_BYTES = 32;

  private static final byte[] ANY_SCALAR = new byte[BYTES];

  private final byte[] scalar;
  private final Curve25519PublicKey publicKey;
  private boolean closed;

  private Curve25519SecretKey(byte[] owned) {
    this.scalar = owned;
    byte[] point = new byte[Curve25519PublicKey.BYTES];
    X25519.generatePublicKey(owned, 0, point, 0);
    this.publicKey = Curve25519PublicKey.owned(point);
  }

  /** Returns a new key of 32 bytes from {@code random}. */
  public static Curve25519SecretKey generate(RandomSource random) {
    byte[] scalar = new byte[BYTES];
    random.nextBytes(scalar);
    return new Curve25519SecretKey(scalar);
  }

  /**
   * Returns the key of {@code scalar}, which is copied; it is clamped when used.
   *
   * @throws KeyFormatException if there are not 32 bytes
   */
  public static Curve25519SecretKey copyOf(byte[] scalar) throws KeyFormatException {
    return new Curve25519SecretKey(FixedBytes.copy(scalar, BYTES, "curve25519 secret key"));
  }

  /** Takes over {@code scalar}, of the right length. */
  static Curve25519SecretKey owned(byte[] scalar) {
    return new Curve25519SecretKey(scalar);
  }

  /** The public half. */
  public Curve25519PublicKey publicKey() {
    return publicKey;
  }

  /**
   * Returns the X25519 secret shared with the owner of {@code theirs}: {@value #SHARED_BYTES} bytes
   * that the caller must zero.
   *
   * @throws OlmException.NonContributory if it is all zero, as with keys of small order
   *     (X25519-ZERO)
   */
  public byte[] agree(Curve25519PublicKey theirs) throws OlmException.NonContributory {
    byte[] shared = new byte[SHARED_BYTES];
    if (!X25519.calculateAgreement(secret(), 0, theirs.raw(), 0, shared, 0)) {
      throw new OlmException.NonContributory();
    }
    return shared;
  }

  /** Returns a copy of the scalar, which the caller must zero. */
  public byte[] copySecret() {
    return secret().clone();
  }

  /** Whether every agreement with {@code key} is all zero: true for each scalar or for none. */
  static boolean isSmallOrder(Curve25519PublicKey key) {
    return !X25519.calculateAgreement(ANY_SCALAR, 0, key.raw(), 0, new byte[SHARED_BYTES], 0);
  }

  private byte[] secret() {
    if (closed) {
      throw new IllegalStateException("curve25519 secret key is closed");
    }
    return scalar;
  }

  /** Wipes the scalar. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(scalar, (byte) 0);
  }

  @Override
  public String toString() {
    return "Curve25519SecretKey[" + publicKey + "]";
  }
}
