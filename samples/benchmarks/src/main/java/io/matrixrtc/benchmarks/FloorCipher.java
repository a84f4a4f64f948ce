package io.matrixrtc.benchmarks;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The least that AES-GCM through the JCE can cost for a frame: one cipher, initialised with fresh
 * parameters for each frame, associated data, and {@code doFinal} into an array that is there. The
 * key is the one that frames of the same material are encrypted with.
 */
final class FloorCipher {
  private static final int TAG_BITS = 128;

  private final Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
  private final SecretKey key;
  private final byte[] iv = new byte[12];
  private final int clearBytes;
  private final byte[] frame;
  private final byte[] sealed;
  private final byte[] sealedIv;
  private long counter;

  FloorCipher(byte[] material, int clearBytes, byte[] frame) throws GeneralSecurityException {
    this.key = new SecretKeySpec(frameKey(material), "AES");
    this.clearBytes = clearBytes;
    this.frame = frame;
    byte[] out = new byte[frame.length + 16];
    encrypt(frame, out);
    this.sealed = Arrays.copyOfRange(out, clearBytes, out.length);
    this.sealedIv = iv.clone();
  }

  int encrypt(byte[] in, byte[] out) throws GeneralSecurityException {
    counter++;
    for (int i = 0; i < Integer.BYTES; i++) {
      iv[11 - i] = (byte) (counter >>> (Byte.SIZE * i));
    }
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
    cipher.updateAAD(in, 0, clearBytes);
    return cipher.doFinal(in, clearBytes, in.length - clearBytes, out, clearBytes);
  }

  int decrypt(byte[] out) throws GeneralSecurityException {
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealedIv));
    cipher.updateAAD(frame, 0, clearBytes);
    return cipher.doFinal(sealed, 0, sealed.length, out, clearBytes);
  }

  /** HKDF as LiveKit uses it, written out so that the floor depends on nothing of ours. */
  private static byte[] frameKey(byte[] material) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            HexFormat.of().parseHex("4c4b4672616d65456e6372797074696f6e4b6579"), "HmacSHA256"));
    mac.init(new SecretKeySpec(mac.doFinal(material), "HmacSHA256"));
    mac.update(new byte[128]);
    return Arrays.copyOf(mac.doFinal(new byte[] {1}), 16);
  }
}
