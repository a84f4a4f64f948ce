package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import java.util.Arrays;

/** A Curve25519 public key of 32 bytes; 43 characters as text. Immutable. */
public final class Curve25519PublicKey {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  private Curve25519PublicKey(byte[] owned) {
    this.bytes = owned;
  }

  /**
   * Returns the key of {@code bytes}, which are copied. Every 32 bytes are a key; that a key is of
   * no use shows when it is agreed with.
   *
   * @throws KeyFormatException if there are not 32 bytes
   */
  public static Curve25519PublicKey of(byte[] bytes) throws KeyFormatException {
    return new Curve25519PublicKey(FixedBytes.copy(bytes, BYTES, "curve25519 key"));
  }

  /**
   * Returns the key that {@code text} writes in base64, padded or not.
   *
   * @throws KeyFormatException if it is not base64 of 32 bytes
   */
  public static Curve25519PublicKey fromBase64(String text) throws KeyFormatException {
    return new Curve25519PublicKey(FixedBytes.decode(text, BYTES, "curve25519 key"));
  }

  /** Takes over {@code bytes} that this package made, of the right length. */
  static Curve25519PublicKey owned(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("curve25519 key: want 32 bytes, got " + bytes.length);
    }
    return new Curve25519PublicKey(bytes);
  }

  /** Returns a copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Returns the unpadded base64 text. */
  public String toBase64() {
    return Base64Text.encode(bytes);
  }

  /** The bytes themselves; callers in this package only read them. */
  byte[] raw() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Curve25519PublicKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "curve25519:" + toBase64();
  }
}
