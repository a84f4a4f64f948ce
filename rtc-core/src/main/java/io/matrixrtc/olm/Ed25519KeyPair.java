package io.matrixrtc.olm;

import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 key pair: signs. Wipes itself when closed. Not thread-safe while being closed.
 *
 * <p>Source: RFC 8032, plain Ed25519 without context.
 */
public final class Ed25519KeyPair implements MessageSigner {
  /** Length of the seed in bytes. */
  public static final int SEED_BYTES = 32;

  private final byte[] seed;
  private final Ed25519PublicKey publicKey;
  private boolean closed;

  private Ed25519KeyPair(byte[] owned) {
    this.seed = owned;
    byte[] point = new byte[Ed25519PublicKey.BYTES];
    Ed25519.generatePublicKey(owned, 0, point, 0);
    this.publicKey = Ed25519PublicKey.owned(point);
  }

  /** Returns a new key pair of a 32-byte seed from {@code random}. */
  public static Ed25519KeyPair generate(RandomSource random) {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    return new Ed25519KeyPair(seed);
  }

  /**
   * Returns the key pair of {@code seed}, which is copied.
   *
   * @throws KeyFormatException if there are not 32 bytes
   */
  public static Ed25519KeyPair fromSeed(byte[] seed) throws KeyFormatException {
    return new Ed25519KeyPair(FixedBytes.copy(seed, SEED_BYTES, "ed25519 seed"));
  }

  /** Takes over {@code seed}, of the right length. */
  static Ed25519KeyPair owned(byte[] seed) {
    return new Ed25519KeyPair(seed);
  }

  /** The public half. */
  @Override
  public Ed25519PublicKey publicKey() {
    return publicKey;
  }

  /** Returns the signature of {@code message}; equal messages give equal signatures. */
  @Override
  public Ed25519Signature sign(byte[] message) {
    byte[] signature = new byte[Ed25519Signature.BYTES];
    Ed25519.sign(secret(), 0, publicKey.raw(), 0, message, 0, message.length, signature, 0);
    return Ed25519Signature.owned(signature);
  }

  /** Returns a copy of the seed, which the caller must zero. */
  public byte[] copySeed() {
    return secret().clone();
  }

  private byte[] secret() {
    if (closed) {
      throw new IllegalStateException("ed25519 key pair is closed");
    }
    return seed;
  }

  /** Wipes the seed. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(seed, (byte) 0);
  }

  @Override
  public String toString() {
    return "Ed25519KeyPair[" + publicKey + "]";
  }
}
