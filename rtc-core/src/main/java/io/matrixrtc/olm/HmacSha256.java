package io.matrixrtc.olm;

import java.security.GeneralSecurityException;
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

  private static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks HmacSHA256", e);
    }
  }
}
