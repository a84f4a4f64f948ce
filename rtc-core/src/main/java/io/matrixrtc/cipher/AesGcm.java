package io.matrixrtc.olm;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 in Galois/Counter Mode with tags of 16 bytes. As with {@link AesCbc}, each thread keeps a
 * {@link Cipher}, and that never keeps a key.
 */
final class AesGcm {
  static final int KEY_BYTES = 32;
  static final int IV_BYTES = 12;
  static final int TAG_BYTES = 16;

  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[KEY_BYTES], "AES");
  private static final GCMParameterSpec NO_IV =
      new GCMParameterSpec(8 * TAG_BYTES, new byte[IV_BYTES]);
  private static final ThreadLocal<Cipher> CIPHER = ThreadLocal.withInitial(AesGcm::newCipher);

  private AesGcm() {}

  /**
   * Encrypts {@code content} into {@code out} from {@code outAt} on, the tag behind it.
   *
   * @param keys a key of 32 bytes, and behind it an initialisation vector of 12
   * @param out its first {@code headerBytes} bytes are authenticated, too
   */
  static void encrypt(byte[] keys, byte[] content, byte[] out, int headerBytes, int outAt) {
    Cipher cipher = CIPHER.get();
    try {
      start(cipher, Cipher.ENCRYPT_MODE, keys);
      cipher.updateAAD(out, 0, headerBytes);
      cipher.doFinal(content, 0, content.length, out, outAt);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail to encrypt", e);
    } finally {
      forgetKey(cipher, Cipher.ENCRYPT_MODE);
    }
  }

  /**
   * Returns what {@link #encrypt} wrote into {@code sealed} from {@code at} to its end.
   *
   * @throws AEADBadTagException if it is another key's, or was altered
   */
  static byte[] decrypt(byte[] keys, byte[] sealed, int headerBytes, int at)
      throws AEADBadTagException {
    Cipher cipher = CIPHER.get();
    try {
      start(cipher, Cipher.DECRYPT_MODE, keys);
      cipher.updateAAD(sealed, 0, headerBytes);
      return cipher.doFinal(sealed, at, sealed.length - at);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail otherwise", e);
    } finally {
      forgetKey(cipher, Cipher.DECRYPT_MODE);
    }
  }

  private static void start(Cipher cipher, int mode, byte[] keys) throws GeneralSecurityException {
    cipher.init(
        mode,
        new SecretKeySpec(keys, 0, KEY_BYTES, "AES"),
        new GCMParameterSpec(8 * TAG_BYTES, keys, KEY_BYTES, IV_BYTES));
  }

  /**
   * In the mode of the last use: a cipher remembers the last key that it encrypted with, so as to
   * refuse the same one with the same IV.
   */
  private static void forgetKey(Cipher cipher, int mode) {
    try {
      cipher.init(mode, NO_KEY, NO_IV);
    } catch (GeneralSecurityException e) {
      CIPHER.remove();
      throw new IllegalStateException("AES takes any key", e);
    }
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks AES-GCM", e);
    }
  }
}
