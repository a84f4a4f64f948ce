package io.matrixrtc.e2ee;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * One of a user's secrets: 32 bytes. Wipes itself when closed. Safe for many threads until then.
 */
public final class Secret implements AutoCloseable {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private final SecretName name;
  private final byte[] bytes;
  private volatile boolean closed;

  private Secret(SecretName name, byte[] owned) {
    this.name = name;
    this.bytes = owned;
  }

  /**
   * Returns a secret holding a copy of {@code bytes}; the caller still owns, and should zero, them.
   *
   * @throws IllegalArgumentException if there are not {@value #BYTES} bytes
   */
  public static Secret copyOf(SecretName name, byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("secret: want 32 bytes, got " + bytes.length);
    }
    return new Secret(name, bytes.clone());
  }

  /** Reads base64 text, padded or not, as it is in secret storage; empty unless it is 32 bytes. */
  public static Optional<Secret> parse(SecretName name, String base64) {
    try {
      byte[] bytes = Base64Text.decode(base64);
      return bytes.length == BYTES ? Optional.of(new Secret(name, bytes)) : Optional.empty();
    } catch (MalformedBase64Exception e) {
      return Optional.empty();
    }
  }

  /** Which secret it is. */
  public SecretName name() {
    return name;
  }

  /** Returns a fresh copy of the bytes, which the caller must zero. */
  public byte[] copyBytes() {
    checkOpen();
    return bytes.clone();
  }

  /** Returns the bytes as unpadded base64, as they go into secret storage. */
  public String toBase64() {
    checkOpen();
    return Base64Text.encode(bytes);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the secret is closed");
    }
  }

  /** Compares in constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && name == secret.name
        && MessageDigest.isEqual(bytes, secret.bytes);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** Wipes the bytes. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "Secret[" + name.label() + "]";
  }
}
