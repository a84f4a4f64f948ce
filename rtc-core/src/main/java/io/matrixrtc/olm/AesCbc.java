package io.matrixrtc.olm;

import java.security.GeneralSecurityException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 in CBC mode with PKCS#7 padding. To make a {@link Cipher} costs more than ten times what
 * a short message does, so each thread keeps one. It never keeps a key: a key of zeros takes its
 * place before a call returns.
 */
final class AesCbc {
  static final int KEY_BYTES = 32;
  static final int BLOCK_BYTES = 16;

  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[KEY_BYTES], "AES");
  private static final IvParameterSpec NO_IV = new IvParameterSpec(new byte[BLOCK_BYTES]);

  private static final ThreadLocal<Cipher> CIPHER = ThreadLocal.withInitial(AesCbc::newCipher);

  private AesCbc() {}

  /**
   * Encrypts or decrypts {@code text}.
   *
   * @param mode of {@link Cipher}
   * @param keys holds a key at {@code keyAt} and an initialisation vector at {@code ivAt}
   * @throws BadPaddingException when decrypting, if the last block is not padded as it must be
   */
  static byte[] apply(int mode, byte[] keys, int keyAt, int ivAt, byte[] text)
      throws BadPaddingException {
    Cipher cipher = CIPHER.get();
    try {
      cipher.init(
          mode,
          new SecretKeySpec(keys, keyAt, KEY_BYTES, "AES"),
          new IvParameterSpec(keys, ivAt, BLOCK_BYTES));
      return cipher.doFinal(text);
    } catch (BadPaddingException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-CBC takes any text of whole blocks", e);
    } finally {
      forgetKey(cipher);
    }
  }

  private static void forgetKey(Cipher cipher) {
    try {
      cipher.init(Cipher.ENCRYPT_MODE, NO_KEY, NO_IV);
    } catch (GeneralSecurityException e) {
      CIPHER.remove();
      throw new IllegalStateException("AES takes any key", e);
    }
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/CBC/PKCS5Padding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks AES-CBC", e);
    }
  }
}
