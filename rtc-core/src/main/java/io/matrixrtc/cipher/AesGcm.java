package io.matrixrtc.cipher;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256 in Galois/Counter Mode, with IVs of 12 bytes and tags of 16. */
public final class AesGcm {
  /** Length of a key. */
  public static final int KEY_BYTES = 32;

  /** Length of an initialisation vector. */
  public static final int IV_BYTES = 12;

  /** Length of the tag behind a ciphertext. */
  public static final int TAG_BYTES = 16;

  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[KEY_BYTES], "AES");
  private static final GCMParameterSpec NO_IV =
      new GCMParameterSpec(8 * TAG_BYTES, new byte[IV_BYTES]);
  private static final ThreadLocal<Cipher> CIPHER = ThreadLocal.withInitial(AesGcm::newCipher);

  private AesGcm() {}

  /**
   * Where the parts of a message are.
   *
   * @param headerBytes so many of its first bytes are authenticated, too
   * @param contentAt where the ciphertext begins, which goes on to the end, with the tag
   */
  public record Layout(int headerBytes, int contentAt) {}

  /**
   * Encrypts {@code content} into {@code out}, of which the header is there already.
   *
   * @param key its first 32 bytes are the key
   * @param ivs holds the initialisation vector at {@code ivAt}
   */
  public static void encrypt(
      byte[] key, byte[] ivs, int ivAt, byte[] content, byte[] out, Layout layout) {
    Cipher cipher = CIPHER.get();
    try {
      start(cipher, Cipher.ENCRYPT_MODE, key, ivs, ivAt);
      cipher.updateAAD(out, 0, layout.headerBytes);
      cipher.doFinal(content, 0, content.length, out, layout.contentAt);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail to encrypt", e);
    } finally {
      forgetKey(cipher, Cipher.ENCRYPT_MODE);
    }
  }

  /**
   * Returns the content of what {@link #encrypt} wrote.
   *
   * @throws AEADBadTagException if it is another key's, or was altered
   */
  public static byte[] decrypt(byte[] key, byte[] ivs, int ivAt, byte[] sealed, Layout layout)
      throws AEADBadTagException {
    Cipher cipher = CIPHER.get();
    try {
      start(cipher, Cipher.DECRYPT_MODE, key, ivs, ivAt);
      cipher.updateAAD(sealed, 0, layout.headerBytes);
      return cipher.doFinal(sealed, layout.contentAt, sealed.length - layout.contentAt);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail otherwise", e);
    } finally {
      forgetKey(cipher, Cipher.DECRYPT_MODE);
    }
  }

  private static void start(Cipher cipher, int mode, byte[] key, byte[] ivs, int ivAt)
      throws GeneralSecurityException {
    cipher.init(
        mode,
        new SecretKeySpec(key, 0, KEY_BYTES, "AES"),
        new GCMParameterSpec(8 * TAG_BYTES, ivs, ivAt, IV_BYTES));
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
