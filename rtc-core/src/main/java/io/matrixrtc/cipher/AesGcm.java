package io.matrixrtc.cipher;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** AES-256 in Galois/Counter Mode, with IVs of 12 bytes and tags of 16. */
public final class AesGcm {
  /** Length of a key. */
  public static final int KEY_BYTES = KeptCipher.KEY_BYTES;

  /** Length of an initialisation vector. */
  public static final int IV_BYTES = 12;

  /** Length of the tag behind a ciphertext. */
  public static final int TAG_BYTES = 16;

  private static final KeptCipher CIPHER =
      new KeptCipher("AES/GCM/NoPadding", spec(new byte[IV_BYTES], 0));

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
    try {
      CIPHER.use(
          Cipher.ENCRYPT_MODE,
          key,
          0,
          spec(ivs, ivAt),
          cipher -> {
            cipher.updateAAD(out, 0, layout.headerBytes);
            return cipher.doFinal(content, 0, content.length, out, layout.contentAt);
          });
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail to encrypt", e);
    }
  }

  /**
   * Returns the content of what {@link #encrypt} wrote.
   *
   * @throws AEADBadTagException if it is another key's, or was altered
   */
  public static byte[] decrypt(byte[] key, byte[] ivs, int ivAt, byte[] sealed, Layout layout)
      throws AEADBadTagException {
    try {
      return CIPHER.use(
          Cipher.DECRYPT_MODE,
          key,
          0,
          spec(ivs, ivAt),
          cipher -> {
            cipher.updateAAD(sealed, 0, layout.headerBytes);
            return cipher.doFinal(sealed, layout.contentAt, sealed.length - layout.contentAt);
          });
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail otherwise", e);
    }
  }

  private static GCMParameterSpec spec(byte[] ivs, int ivAt) {
    return new GCMParameterSpec(8 * TAG_BYTES, ivs, ivAt, IV_BYTES);
  }
}
