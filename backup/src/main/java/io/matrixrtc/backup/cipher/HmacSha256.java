package io.matrixrtc.backup.cipher;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256, RFC 2104. */
public final class HmacSha256 {
  /** Length of the whole MAC. */
  public static final int BYTES = 32;

  private HmacSha256() {}

  /** Returns the MAC of the parts, one after another. The key must not be empty. */
  public static byte[] of(byte[] key, byte[]... parts) {
    Mac mac = keyed(key);
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  /** Returns a MAC under {@code key}, of which it keeps a copy, for parts that come in pieces. */
  public static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      rekey(mac, key);
      return mac;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform lacks HmacSHA256", e);
    }
  }

  static void rekey(Mac mac, byte[] key) {
    try {
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("HMAC takes any key", e);
    }
  }
}
