package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.cipher.Pbkdf2;
import io.matrixrtc.cipher.HmacSha256;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * The front of a key file, and the keys that it and a passphrase give.
 *
 * <pre>| version 1 | salt 16 | IV 16 | rounds 4, big-endian | AES-256-CTR | MAC 32 |</pre>
 */
final class FileKeys implements AutoCloseable {
  static final int VERSION = 1;
  static final int SALT_BYTES = 16;
  static final int IV_BYTES = 16;
  static final int FRONT_BYTES = 1 + SALT_BYTES + IV_BYTES + Integer.BYTES;

  private static final int KEY_BYTES = 32;

  private final byte[] front;
  private final byte[] derived;

  private FileKeys(byte[] front, byte[] derived) {
    this.front = front;
    this.derived = derived;
  }

  static byte[] front(byte[] salt, byte[] iv, int rounds) {
    return ByteBuffer.allocate(FRONT_BYTES)
        .put((byte) VERSION)
        .put(salt)
        .put(iv)
        .putInt(rounds)
        .array();
  }

  static int version(byte[] front) {
    return front[0];
  }

  static long rounds(byte[] front) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(front).getInt(FRONT_BYTES - Integer.BYTES));
  }

  /** Takes over {@code front}, whose rounds were checked. */
  static FileKeys derive(byte[] front, String passphrase) {
    byte[] salt = Arrays.copyOfRange(front, 1, 1 + SALT_BYTES);
    return new FileKeys(front, Pbkdf2.sha512(passphrase, salt, (int) rounds(front), 2 * KEY_BYTES));
  }

  byte[] front() {
    return front;
  }

  byte[] iv() {
    return Arrays.copyOfRange(front, 1 + SALT_BYTES, 1 + SALT_BYTES + IV_BYTES);
  }

  byte[] aesKey() {
    return Arrays.copyOf(derived, KEY_BYTES);
  }

  /** Returns a MAC that has the front already. */
  Mac startMac() {
    byte[] key = Arrays.copyOfRange(derived, KEY_BYTES, 2 * KEY_BYTES);
    Mac mac = HmacSha256.keyed(key);
    Arrays.fill(key, (byte) 0);
    mac.update(front);
    return mac;
  }

  @Override
  public void close() {
    Arrays.fill(derived, (byte) 0);
  }
}
