package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * An Ed25519 public key of 32 bytes; 43 characters as text. Verifies strictly: no small-order key
 * or R, S below the group order, the equation without cofactor. Immutable and safe for many
 * threads.
 *
 * <p>Source: RFC 8032.
 */
public final class Ed25519PublicKey {
  /** Length in bytes. */
  public static final int BYTES = 32;

  /** A power of two. */
  private static final int SEEN_KEYS = 1024;

  /**
   * Keys that were checked lately, each where its hash says: a device's keys come with each of its
   * messages, and to see that one is a point takes a square root.
   */
  private static final AtomicReferenceArray<@Nullable Ed25519PublicKey> SEEN =
      new AtomicReferenceArray<>(SEEN_KEYS);

  private final byte[] bytes;
  private volatile StrictEd25519.@Nullable KnownKey known; // once it was needed

  private Ed25519PublicKey(byte[] owned) {
    this.bytes = owned;
  }

  /**
   * Returns the key of {@code bytes}, which are copied. A key of small order is a key, but verifies
   * nothing.
   *
   * @throws KeyFormatException if there are not 32 bytes, or they name no point of the curve
   */
  public static Ed25519PublicKey of(byte[] bytes) throws KeyFormatException {
    return checked(FixedBytes.copy(bytes, BYTES, "ed25519 key"));
  }

  /**
   * Returns the key that {@code text} writes in base64, padded or not.
   *
   * @throws KeyFormatException if it is not base64 of 32 bytes, or they name no point of the curve
   */
  public static Ed25519PublicKey fromBase64(String text) throws KeyFormatException {
    return checked(FixedBytes.decode(text, BYTES, "ed25519 key"));
  }

  private static Ed25519PublicKey checked(byte[] bytes) throws KeyFormatException {
    int slot = Arrays.hashCode(bytes) & (SEEN_KEYS - 1);
    Ed25519PublicKey seen = SEEN.get(slot);
    if (seen != null && Arrays.equals(seen.bytes, bytes)) {
      return seen;
    }
    if (!StrictEd25519.isPoint(bytes)) {
      throw new KeyFormatException(
          KeyFormatException.Reason.NOT_A_POINT, "ed25519 key"); // ED-POINT
    }
    Ed25519PublicKey key = new Ed25519PublicKey(bytes);
    SEEN.set(slot, key);
    return key;
  }

  /** Takes over {@code bytes} that this package made. */
  static Ed25519PublicKey owned(byte[] bytes) {
    return new Ed25519PublicKey(bytes);
  }

  /** Whether {@code signature} is this key's signature of {@code message}. */
  public boolean verify(byte[] message, Ed25519Signature signature) {
    StrictEd25519.KnownKey key = known;
    if (key == null) {
      key = StrictEd25519.lookAt(bytes);
      known = key;
    }
    return StrictEd25519.verify(key, bytes, message, signature.raw());
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
    return other instanceof Ed25519PublicKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "ed25519:" + toBase64();
  }
}
