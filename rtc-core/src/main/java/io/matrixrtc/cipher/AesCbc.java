package io.matrixrtc.cipher;

import java.security.GeneralSecurityException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256 in CBC mode with PKCS#7 padding. */
public final class AesCbc {
  /** Length of a block. */
  public static final int BLOCK_BYTES = 16;

  private static final int KEY_BYTES = 32;
  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[KEY_BYTES], "AES");
  private static final IvParameterSpec NO_IV = new IvParameterSpec(new byte[BLOCK_BYTES]);
  private static final ThreadLocal<Cipher> CIPHER = ThreadLocal.withInitial(AesCbc::newCipher);

  private AesCbc() {}

  /** Encrypts; {@code keys} holds the key at {@code keyAt} and the IV at {@code ivAt}. */
  public static byte[] encrypt(byte[] keys, int keyAt, int ivAt, byte[] plaintext) {
    try {
      return apply(Cipher.ENCRYPT_MODE, keys, keyAt, ivAt, plaintext);
    } catch (BadPaddingException e) {
      throw new IllegalStateException("only decryption sees padding", e);
    }
  }

  /**
   * Decrypts what {@link #encrypt} wrote.
   *
   * @throws BadPaddingException unless it is one block or more, the last of them padded as it must
   *     be; the JDK would take an empty text for an empty message
   */
  public static byte[] decrypt(byte[] keys, int keyAt, int ivAt, byte[] ciphertext)
      throws BadPaddingException {
    if (ciphertext.length == 0 || ciphertext.length % BLOCK_BYTES != 0) {
      throw new BadPaddingException("ciphertext of " + ciphertext.length + " bytes");
    }
    return apply(Cipher.DECRYPT_MODE, keys, keyAt, ivAt, ciphertext);
  }

  private static byte[] apply(int mode, byte[] keys, int keyAt, int ivAt, byte[] text)
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
