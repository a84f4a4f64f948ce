package io.matrixrtc.backup.secrets;

import io.matrixrtc.backup.recovery.PassphraseInfo;
import io.matrixrtc.backup.recovery.RecoveryKey;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import io.matrixrtc.olm.RandomSource;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The key of secret storage: 32 bytes, unless a passphrase is said to give more or fewer. Wipes
 * itself when closed.
 */
public final class StorageKey implements AutoCloseable {
  /** Length of a new key. */
  public static final int BYTES = RecoveryKey.KEY_BYTES;

  private final byte[] key;
  private boolean closed;

  private StorageKey(byte[] owned) {
    this.key = owned;
  }

  /** Returns a new key. */
  public static StorageKey generate(RandomSource random) {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    return new StorageKey(key);
  }

  /** Returns the key of {@code bytes}, which are copied and must not be empty. */
  public static StorageKey copyOf(byte[] bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("storage key: empty");
    }
    return new StorageKey(bytes.clone());
  }

  /** Returns the key of a passphrase. Takes a second or so. */
  public static StorageKey fromPassphrase(String passphrase, PassphraseInfo info) {
    return new StorageKey(info.deriveKey(passphrase));
  }

  /**
   * Reads what a person typed.
   *
   * @throws RecoveryKeyException if it is no recovery key
   */
  public static StorageKey fromRecoveryKey(String typed) throws RecoveryKeyException {
    return new StorageKey(RecoveryKey.decode(typed));
  }

  /**
   * Returns the form for people.
   *
   * @throws IllegalStateException if the key has not {@value #BYTES} bytes
   */
  public String toRecoveryKey() {
    if (bytes().length != BYTES) {
      throw new IllegalStateException("a key of " + key.length + " bytes has no recovery key");
    }
    return RecoveryKey.encode(bytes());
  }

  /** Whether both hold the same bytes; takes the same time whichever differ. */
  public boolean isSameAs(StorageKey other) {
    return MessageDigest.isEqual(bytes(), other.bytes());
  }

  /** The bytes themselves; callers in this package only read them. */
  byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("storage key is closed");
    }
    return key;
  }

  /** Wipes the key. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(key, (byte) 0);
  }

  @Override
  public String toString() {
    return "StorageKey[" + key.length + " bytes]";
  }
}
