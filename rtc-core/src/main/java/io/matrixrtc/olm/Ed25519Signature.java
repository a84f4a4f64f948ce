package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import java.util.Arrays;

/** An Ed25519 signature of 64 bytes (R, then S); 86 characters as text. Immutable. */
public final class Ed25519Signature {
  /** Length in bytes. */
  public static final int BYTES = 64;

  private final byte[] bytes;

  private Ed25519Signature(byte[] owned) {
    this.bytes = owned;
  }

  /**
   * Returns the signature of {@code bytes}, which are copied. Whether it is right, {@link
   * Ed25519PublicKey#verify} tells.
   *
   * @throws KeyFormatException if there are not 64 bytes
   */
  public static Ed25519Signature of(byte[] bytes) throws KeyFormatException {
    return new Ed25519Signature(FixedBytes.copy(bytes, BYTES, "ed25519 signature"));
  }

  /**
   * Returns the signature that {@code text} writes in base64, padded or not.
   *
   * @throws KeyFormatException if it is not base64 of 64 bytes
   */
  public static Ed25519Signature fromBase64(String text) throws KeyFormatException {
    return new Ed25519Signature(FixedBytes.decode(text, BYTES, "ed25519 signature"));
  }

  /** Takes over {@code bytes} that this package made, of the right length. */
  static Ed25519Signature owned(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("ed25519 signature: want 64 bytes, got " + bytes.length);
    }
    return new Ed25519Signature(bytes);
  }

  /** Returns a copy of the 64 bytes. */
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
    return other instanceof Ed25519Signature signature && Arrays.equals(bytes, signature.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Ed25519Signature[" + toBase64() + "]";
  }
}
