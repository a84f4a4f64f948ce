package io.matrixrtc.media;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** AES-GCM with a 128-bit tag through the JCE, one cipher for its owner's thread. */
final class FrameCipher {
  static final int TAG_BYTES = 16;

  private static final int TAG_BITS = TAG_BYTES * Byte.SIZE;
  private final Cipher cipher;

  FrameCipher() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM/NoPadding", e);
    }
  }

  /**
   * Writes ciphertext and tag; {@code aad} is read from the output array, where the header is
   * already.
   *
   * @return false if the key was destroyed meanwhile; nothing is written then
   */
  boolean seal(
      FrameKey key, byte[] iv, int aadBytes, byte[] in, int off, int len, byte[] out, int outOff) {
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv, 0, iv.length));
      if (aadBytes > 0) {
        cipher.updateAAD(out, outOff, aadBytes);
      }
      cipher.doFinal(in, off, len, out, outOff + aadBytes);
      return true;
    } catch (InvalidKeyException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed on " + len + " bytes", e);
    }
  }

  /**
   * Checks the tag of {@code len} bytes of ciphertext and tag, then writes the plaintext.
   *
   * @return false if the frame is not authentic under this key, or the key was destroyed
   */
  boolean open(
      FrameKey key,
      byte[] iv,
      int ivOff,
      byte[] aad,
      int aadOff,
      int aadLen,
      byte[] in,
      int off,
      int len,
      byte[] out,
      int outOff) {
    try {
      cipher.init(
          Cipher.DECRYPT_MODE,
          key,
          new GCMParameterSpec(TAG_BITS, iv, ivOff, FrameNumbers.IV_BYTES));
      if (aadLen > 0) {
        cipher.updateAAD(aad, aadOff, aadLen);
      }
      cipher.doFinal(in, off, len, out, outOff);
      return true;
    } catch (AEADBadTagException | InvalidKeyException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed on " + len + " bytes", e);
    }
  }
}
