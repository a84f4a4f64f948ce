package io.matrixrtc.olm;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256, RFC 2104. */
final class HmacSha256 {
  static final int BYTES = 32;

  private HmacSha256() {}

  /** Returns the MAC of the parts, one after another. */
  static byte[] of(byte[] key, byte[]... parts) {
    Mac mac = keyed(key);
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  /** Returns the MAC of one byte: the step of all ratchets here. */
  static byte[] of(byte[] key, int oneByte) {
    Mac mac = keyed(key);
    mac.update((byte) oneByte);
    return mac.doFinal();
  }

  /** Returns a MAC under {@code key}, for any number of messages one after another. */
  static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      rekey(mac, key);
      return mac;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform lacks HmacSHA256", e);
    }
  }

  /** Puts another key in the place of {@code mac}'s, and keeps no reference to it. */
  static void rekey(Mac mac, byte[] key) {
    try {
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("HMAC takes any key", e);
    }
  }
}
