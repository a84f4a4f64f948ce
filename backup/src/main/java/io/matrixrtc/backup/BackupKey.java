package io.matrixrtc.backup;

import io.matrixrtc.backup.BackupKeyException.Reason;
import io.matrixrtc.backup.recovery.RecoveryKey;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Curve25519SecretKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.RandomSource;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The private key of a backup: a Curve25519 key of 32 bytes. Who has it reads everything in the
 * backup. Wipes itself when closed; many threads may use it before.
 */
public final class BackupKey implements AutoCloseable {
  /** The name under which the key is kept in secret storage and sent to own devices. */
  public static final String SECRET_NAME = "m.megolm_backup.v1";

  /** Length in bytes. */
  public static final int BYTES = Curve25519SecretKey.BYTES;

  private final Curve25519SecretKey key;

  private BackupKey(Curve25519SecretKey key) {
    this.key = key;
  }

  /** Returns a new key. */
  public static BackupKey generate(RandomSource random) {
    return new BackupKey(Curve25519SecretKey.generate(random));
  }

  /**
   * Returns the key of {@code bytes}, which are copied.
   *
   * @throws BackupKeyException if there are not 32
   */
  public static BackupKey copyOf(byte[] bytes) throws BackupKeyException {
    try {
      return new BackupKey(Curve25519SecretKey.copyOf(bytes));
    } catch (KeyFormatException e) {
      throw new BackupKeyException(Reason.LENGTH);
    }
  }

  /**
   * Reads what a person typed.
   *
   * @throws RecoveryKeyException if it is no recovery key
   */
  public static BackupKey fromRecoveryKey(String typed) throws RecoveryKeyException {
    byte[] bytes = RecoveryKey.decode(typed);
    try {
      return new BackupKey(Curve25519SecretKey.copyOf(bytes));
    } catch (KeyFormatException e) {
      throw new IllegalStateException("a recovery key holds 32 bytes", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * Reads the secret {@value #SECRET_NAME}: base64, padded or not (BKEY-SECRET), or the list of 32
   * decimal numbers that some old accounts hold instead (BKEY-LIST); see {@link #isOldForm}.
   *
   * @throws BackupKeyException if it is neither; white space and stray bits count
   */
  public static BackupKey fromSecret(String secret) throws BackupKeyException {
    byte[] bytes = isOldForm(secret) ? fromList(secret) : fromBase64(secret);
    try {
      return copyOf(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Whether {@code secret} is in the old form: write {@link #toSecret} back. */
  public static boolean isOldForm(String secret) {
    return secret.indexOf(',') >= 0;
  }

  private static byte[] fromBase64(String secret) throws BackupKeyException {
    try {
      return Base64Text.decode(secret);
    } catch (MalformedBase64Exception e) {
      throw new BackupKeyException(Reason.ENCODING);
    }
  }

  private static byte[] fromList(String secret) throws BackupKeyException {
    String[] numbers = secret.split(",", BYTES + 1);
    if (numbers.length != BYTES) {
      throw new BackupKeyException(Reason.LENGTH);
    }
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      if (!numbers[i].matches("[0-9]{1,3}") || Integer.parseInt(numbers[i]) > 255) {
        throw new BackupKeyException(Reason.ENCODING);
      }
      bytes[i] = (byte) Integer.parseInt(numbers[i]);
    }
    return bytes;
  }

  /** The public half: entries are sealed to it. Always derived, never taken from the server. */
  public Curve25519PublicKey publicKey() {
    return key.publicKey();
  }

  /** Returns the form for secret storage and own devices: unpadded base64. */
  public String toSecret() {
    byte[] bytes = key.copySecret();
    String text = Base64Text.encode(bytes);
    Arrays.fill(bytes, (byte) 0);
    return text;
  }

  /** Returns the form for people, in groups of four. */
  public String toRecoveryKey() {
    byte[] bytes = key.copySecret();
    String text = RecoveryKey.encode(bytes);
    Arrays.fill(bytes, (byte) 0);
    return text;
  }

  /** Whether both hold the same bytes; takes the same time whichever differ. */
  public boolean isSameAs(BackupKey other) {
    byte[] ours = key.copySecret();
    byte[] theirs = other.key.copySecret();
    boolean same = MessageDigest.isEqual(ours, theirs);
    Arrays.fill(ours, (byte) 0);
    Arrays.fill(theirs, (byte) 0);
    return same;
  }

  byte[] agree(Curve25519PublicKey ephemeral) throws OlmException.NonContributory {
    return key.agree(ephemeral);
  }

  /** Wipes the key. */
  @Override
  public void close() {
    key.close();
  }

  @Override
  public String toString() {
    return "BackupKey[" + publicKey() + "]";
  }
}
