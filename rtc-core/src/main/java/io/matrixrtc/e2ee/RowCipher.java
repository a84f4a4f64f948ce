package io.matrixrtc.e2ee;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM and HMAC-SHA-256 for sealed rows. To make a {@link Cipher} costs several times what a
 * row does, so each thread keeps one of each. They never keep a key: one of zeros takes its place
 * before a call returns.
 */
final class RowCipher {
  static final int KEY_BYTES = 32;
  static final int IV_BYTES = 12;
  static final int TAG_BYTES = 16;

  private static final String AES = "AES";
  private static final String HMAC = "HmacSHA256";
  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[KEY_BYTES], AES);
  private static final SecretKeySpec NO_MAC_KEY = new SecretKeySpec(new byte[KEY_BYTES], HMAC);
  private static final GCMParameterSpec NO_IV =
      new GCMParameterSpec(8 * TAG_BYTES, new byte[IV_BYTES]);

  private static final ThreadLocal<Cipher> CIPHER =
      ThreadLocal.withInitial(() -> platform(() -> Cipher.getInstance("AES/GCM/NoPadding")));
  private static final ThreadLocal<Mac> MAC =
      ThreadLocal.withInitial(() -> platform(() -> Mac.getInstance(HMAC)));

  private RowCipher() {}

  /** Something of the platform's. */
  @FunctionalInterface
  private interface Maker<T> {
    T make() throws GeneralSecurityException;
  }

  private static <T> T platform(Maker<T> maker) {
    try {
      return maker.make();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM and HmacSHA256", e);
    }
  }

  /**
   * Encrypts {@code content} into {@code out}: | header {@code ivAt} | IV | ciphertext | tag |, of
   * which header and IV are there already. The header is authenticated, too.
   */
  static void encrypt(byte[] key, byte[] content, byte[] out, int ivAt) {
    Cipher cipher = CIPHER.get();
    try {
      start(cipher, Cipher.ENCRYPT_MODE, key, out, ivAt);
      cipher.doFinal(content, 0, content.length, out, ivAt + IV_BYTES);
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
  static byte[] decrypt(byte[] key, byte[] sealed, int ivAt) throws AEADBadTagException {
    Cipher cipher = CIPHER.get();
    int at = ivAt + IV_BYTES;
    try {
      start(cipher, Cipher.DECRYPT_MODE, key, sealed, ivAt);
      return cipher.doFinal(sealed, at, sealed.length - at);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail otherwise", e);
    } finally {
      forgetKey(cipher, Cipher.DECRYPT_MODE);
    }
  }

  private static void start(Cipher cipher, int mode, byte[] key, byte[] sealed, int ivAt)
      throws GeneralSecurityException {
    cipher.init(
        mode,
        new SecretKeySpec(key, AES),
        new GCMParameterSpec(8 * TAG_BYTES, sealed, ivAt, IV_BYTES));
    cipher.updateAAD(sealed, 0, ivAt);
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

  /** Returns the MAC of {@code message}, 32 bytes. */
  static byte[] mac(byte[] key, byte[] message) {
    Mac mac = MAC.get();
    try {
      mac.init(new SecretKeySpec(key, HMAC));
      byte[] result = mac.doFinal(message);
      mac.init(NO_MAC_KEY);
      return result;
    } catch (GeneralSecurityException e) {
      MAC.remove();
      throw new IllegalStateException("HMAC takes any key", e);
    }
  }
}
