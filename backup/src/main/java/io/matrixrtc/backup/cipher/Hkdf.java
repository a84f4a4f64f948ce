package io.matrixrtc.backup.cipher;

import java.util.Arrays;
import javax.crypto.Mac;

/** HKDF with SHA-256 and a salt of 32 zero bytes, RFC 5869. */
public final class Hkdf {
  private static final byte[] ZERO_SALT = new byte[HmacSha256.BYTES];

  private Hkdf() {}

  /** Returns {@code length} bytes, 1 to 255 · 32, which the caller must zero. */
  public static byte[] derive(byte[] secret, byte[] info, int length) {
    Mac mac = HmacSha256.take(ZERO_SALT);
    try {
      byte[] pseudoRandomKey = mac.doFinal(secret);
      HmacSha256.rekey(mac, pseudoRandomKey);
      Arrays.fill(pseudoRandomKey, (byte) 0);
      return expand(mac, info, length);
    } finally {
      HmacSha256.giveBack(mac);
    }
  }

  private static byte[] expand(Mac mac, byte[] info, int length) {
    byte[] output = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < length; done += HmacSha256.BYTES, counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = mac.doFinal();
      System.arraycopy(block, 0, output, done, Math.min(block.length, length - done));
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }
}
