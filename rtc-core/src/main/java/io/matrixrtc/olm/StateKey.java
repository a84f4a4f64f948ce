package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.matrixrtc.cipher.Hkdf;
import java.util.Arrays;

/**
 * The key that states of this package are sealed under when they are stored: 32 bytes that the
 * application keeps elsewhere. Wipes itself when closed. Safe for many threads until then.
 */
public final class StateKey implements AutoCloseable {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private static final byte[] INFO = "io.matrixrtc.olm sealed state".getBytes(US_ASCII);

  private final byte[] secret;
  private volatile boolean closed;

  private StateKey(byte[] owned) {
    this.secret = owned;
  }

  /**
   * Returns a key holding a copy of {@code secret}; the caller still owns, and should zero, it.
   *
   * @throws IllegalArgumentException if there are not {@value #BYTES} bytes
   */
  public static StateKey copyOf(byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("state key: want 32 bytes, got " + secret.length);
    }
    return new StateKey(secret.clone());
  }

  /** Returns a new key from {@code random}. */
  public static StateKey generate(RandomSource random) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return new StateKey(secret);
  }

  /** Returns a fresh copy of the secret, which the caller must zero. */
  public byte[] copySecret() {
    checkOpen();
    return secret.clone();
  }

  /** Returns {@code length} bytes for one sealing, which no other salt gives. */
  byte[] derive(byte[] salt, int length) {
    checkOpen();
    return Hkdf.derive(salt, secret, INFO, length);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("state key is closed");
    }
  }

  /** Wipes the key. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(secret, (byte) 0);
  }

  @Override
  public String toString() {
    return "StateKey[" + BYTES + " bytes]";
  }
}
