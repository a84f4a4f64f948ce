package io.matrixrtc.backup.cipher;

import io.matrixrtc.olm.RandomSource;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 in counter mode; the whole IV is one 128-bit big-endian counter. Encrypting and
 * decrypting are the same.
 */
public final class AesCtr {
  /** Length of a key. */
  public static final int KEY_BYTES = 32;

  /** Length of an initialisation vector. */
  public static final int IV_BYTES = 16;

  private AesCtr() {}

  /** Returns {@code text} under {@code key} and {@code iv}. */
  public static byte[] apply(byte[] key, byte[] iv, byte[] text) {
    try {
      return start(key, iv).doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-CTR takes any text", e);
    }
  }

  /** Returns a cipher at the first byte, for texts that come in pieces. */
  public static Cipher start(byte[] key, byte[] iv) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv.clone()));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks AES-CTR", e);
    }
  }

  /**
   * Returns a new IV with bit 63 cleared (CTR-BIT63), so that readers whose counter has 64 bits
   * agree with those whose counter has 128.
   */
  public static byte[] newIv(RandomSource random) {
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    iv[8] &= 0x7f;
    return iv;
  }
}
