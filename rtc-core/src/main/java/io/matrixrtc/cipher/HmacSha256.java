package io.matrixrtc.cipher;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256, RFC 2104. Keys must not be empty. */
public final class HmacSha256 {
  /** Length of the whole MAC. */
  public static final int BYTES = 32;

  private static final String NAME = "HmacSHA256";
  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[BYTES], NAME);
  private static final ThreadLocal<Mac> MAC = ThreadLocal.withInitial(HmacSha256::newMac);

  private HmacSha256() {}

  /** Returns the MAC of the parts, one after another. */
  public static byte[] of(byte[] key, byte[]... parts) {
    Mac mac = take(key);
    try {
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } finally {
      giveBack(mac);
    }
  }

  /** Returns the MAC of one byte: the step of most ratchets. */
  public static byte[] of(byte[] key, int oneByte) {
    Mac mac = take(key);
    try {
      mac.update((byte) oneByte);
      return mac.doFinal();
    } finally {
      giveBack(mac);
    }
  }

  /** Returns a new MAC under {@code key}, of which it keeps a copy, for a text in pieces. */
  public static Mac keyed(byte[] key) {
    Mac mac = newMac();
    rekey(mac, key);
    return mac;
  }

  /**
   * Returns the thread's MAC under {@code key}, for any number of messages one after another. The
   * caller gives it back, and calls nothing else of this class before.
   */
  static Mac take(byte[] key) {
    Mac mac = MAC.get();
    rekey(mac, key);
    return mac;
  }

  /** Puts another key in the place of {@code mac}'s, and keeps no reference to it. */
  static void rekey(Mac mac, byte[] key) {
    rekey(mac, new SecretKeySpec(key, NAME));
  }

  /** Ends the use of a MAC that was taken: it forgets the key and what it was given. */
  static void giveBack(Mac mac) {
    rekey(mac, NO_KEY);
  }

  private static void rekey(Mac mac, SecretKeySpec key) {
    try {
      mac.init(key);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("HMAC takes any key", e);
    }
  }

  private static Mac newMac() {
    try {
      return Mac.getInstance(NAME);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform lacks HmacSHA256", e);
    }
  }
}
