package io.matrixrtc.cipher;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * A {@link Cipher} of each thread for one transformation of AES-256, without a key between uses.
 */
final class KeptCipher {
  static final int KEY_BYTES = 32;

  private static final String AES = "AES";
  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[KEY_BYTES], AES);

  private final String transformation;
  private final AlgorithmParameterSpec noIv;
  private final ThreadLocal<Cipher> cipher = ThreadLocal.withInitial(this::make);

  /**
   * @param noIv an initialisation vector of zeros
   */
  KeptCipher(String transformation, AlgorithmParameterSpec noIv) {
    this.transformation = transformation;
    this.noIv = noIv;
  }

  /** What is done with the cipher; it must not use another one of its thread. */
  @FunctionalInterface
  interface Use<T> {
    T apply(Cipher started) throws GeneralSecurityException;
  }

  /** Uses the thread's cipher under the key that {@code keys} holds at {@code keyAt}. */
  <T> T use(int mode, byte[] keys, int keyAt, AlgorithmParameterSpec iv, Use<T> use)
      throws GeneralSecurityException {
    Cipher started = cipher.get();
    try {
      started.init(mode, new SecretKeySpec(keys, keyAt, KEY_BYTES, AES), iv);
      return use.apply(started);
    } finally {
      forgetKey(started, mode);
    }
  }

  /**
   * In the mode of the last use: a cipher remembers the last key that it encrypted with, so as to
   * refuse the same one with the same IV.
   */
  private void forgetKey(Cipher used, int mode) {
    try {
      used.init(mode, NO_KEY, noIv);
    } catch (GeneralSecurityException e) {
      cipher.remove();
      throw new IllegalStateException("AES takes any key", e);
    }
  }

  private Cipher make() {
    try {
      return Cipher.getInstance(transformation);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks " + transformation, e);
    }
  }
}
