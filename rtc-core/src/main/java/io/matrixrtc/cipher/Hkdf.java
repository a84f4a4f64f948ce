package io.matrixrtc.cipher;

import java.util.Arrays;
import javax.crypto.Mac;

/** HKDF with SHA-256, RFC 5869. What it returns is the caller's to wipe. */
public final class Hkdf {
  /** What "no salt" stands for; HMAC pads any shorter run of zeros to the same. */
  private static final byte[] NO_SALT = new byte[HmacSha256.BYTES];

  private Hkdf() {}

  /** Returns {@code length} bytes, at most 255 · 32, derived without a salt. */
  public static byte[] derive(byte[] secret, byte[] info, int length) {
    return derive(NO_SALT, secret, info, length);
  }

  /** Returns {@code length} bytes, at most 255 · 32; {@code salt} must not be empty. */
  public static byte[] derive(byte[] salt, byte[] secret, byte[] info, int length) {
    Mac mac = HmacSha256.take(salt);
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
    int done = 0;
    for (int counter = 1; done < length; counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = mac.doFinal();
      int take = Math.min(block.length, length - done);
      System.arraycopy(block, 0, output, done, take);
      done += take;
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }
}
