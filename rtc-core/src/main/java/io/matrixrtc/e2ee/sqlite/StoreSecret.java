package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.olm.StateKey;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What opens a store: 32 bytes that the application keeps elsewhere, or a passphrase. Wipes itself
 * when closed, which may be as soon as the store is open. Not safe for many threads.
 */
public final class StoreSecret implements AutoCloseable {
  /** Length of a key in bytes. */
  public static final int KEY_BYTES = StateKey.BYTES;

  private final byte[] secret;
  private final boolean passphrase;

  private StoreSecret(byte[] owned, boolean passphrase) {
    this.secret = owned;
    this.passphrase = passphrase;
  }

  /**
   * Returns a secret holding a copy of {@code key}; the caller still owns, and should zero, it.
   *
   * @throws IllegalArgumentException if there are not {@value #KEY_BYTES} bytes
   */
  public static StoreSecret key(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("store key: want 32 bytes, got " + key.length);
    }
    return new StoreSecret(key.clone(), false);
  }

  /**
   * Returns a secret holding {@code passphrase} as UTF-8; the caller still owns, and should zero,
   * it. Opening a store with it takes about a second and 64 MiB (Argon2id).
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static StoreSecret passphrase(char[] passphrase) {
    if (passphrase.length == 0) {
      throw new IllegalArgumentException("store passphrase: must not be empty");
    }
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    Arrays.fill(encoded.array(), (byte) 0);
    return new StoreSecret(bytes, true);
  }

  boolean isPassphrase() {
    return passphrase;
  }

  /** Returns the key that seals the store's own key. */
  StateKey toKey(KeyDerivation derivation) {
    if (!passphrase) {
      return StateKey.copyOf(secret);
    }
    byte[] derived = derivation.derive(secret);
    try {
      return StateKey.copyOf(derived);
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    Arrays.fill(secret, (byte) 0);
  }

  @Override
  public String toString() {
    return passphrase ? "StoreSecret[passphrase]" : "StoreSecret[key]";
  }
}
