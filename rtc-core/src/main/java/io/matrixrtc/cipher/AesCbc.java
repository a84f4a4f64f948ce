package io.matrixrtc.cipher;

import java.security.GeneralSecurityException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/** AES-256 in CBC mode with PKCS#7 padding. */
public final class AesCbc {
  /** Length of a block. */
  public static final int BLOCK_BYTES = 16;

  private static final KeptCipher CIPHER =
      new KeptCipher("AES/CBC/PKCS5Padding", new IvParameterSpec(new byte[BLOCK_BYTES]));

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
    IvParameterSpec iv = new IvParameterSpec(keys, ivAt, BLOCK_BYTES);
    try {
      return CIPHER.use(mode, keys, keyAt, iv, cipher -> cipher.doFinal(text));
    } catch (BadPaddingException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-CBC takes any text of whole blocks", e);
    }
  }
}
