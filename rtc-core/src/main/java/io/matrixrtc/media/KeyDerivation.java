package io.matrixrtc.media;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * The two functions by which LiveKit turns key material into AES keys and into the next generation
 * of the material. Both yield one SHA-256 block of which an output is the prefix; therefore the
 * 128-bit frame key of a generation is the first half of the material of the next.
 */
public enum KeyDerivation {
  /** HKDF (RFC 5869) with 128 zero bytes as info: for keys that are random bytes. */
  HKDF {
    @Override
    byte[] block(byte[] input, byte[] salt) throws GeneralSecurityException {
      byte[] pseudoRandomKey = hmac(salt).doFinal(input);
      try {
        Mac expand = hmac(pseudoRandomKey);
        expand.update(new byte[HKDF_INFO_BYTES]);
        return expand.doFinal(new byte[] {1});
      } finally {
        Arrays.fill(pseudoRandomKey, (byte) 0);
      }
    }
  },
  /** PBKDF2 (RFC 8018) with 100,000 rounds: for passphrases. About 50 ms. */
  PBKDF2 {
    @Override
    byte[] block(byte[] input, byte[] salt) throws GeneralSecurityException {
      Mac mac = hmac(input);
      mac.update(salt);
      byte[] round = mac.doFinal(new byte[] {0, 0, 0, 1});
      byte[] block = round.clone();
      for (int i = 1; i < PBKDF2_ROUNDS; i++) {
        mac.update(round);
        doFinal(mac, round);
        for (int j = 0; j < block.length; j++) {
          block[j] ^= round[j];
        }
      }
      Arrays.fill(round, (byte) 0);
      return block;
    }
  };

  private static final int HKDF_INFO_BYTES = 128;
  private static final int PBKDF2_ROUNDS = 100_000;
  private static final String HMAC = "HmacSHA256";

  /** Length of the material that one ratchet step yields, in bytes: one block. */
  static final int BLOCK_BYTES = 32;

  abstract byte[] block(byte[] input, byte[] salt) throws GeneralSecurityException;

  /**
   * Derives {@code lengthBytes} bytes, at most {@value #BLOCK_BYTES}. Any input and salt length is
   * allowed, none included.
   */
  byte[] derive(byte[] input, byte[] salt, int lengthBytes) {
    try {
      byte[] block = block(input, salt);
      byte[] derived = Arrays.copyOf(block, lengthBytes);
      Arrays.fill(block, (byte) 0);
      return derived;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }

  private static Mac hmac(byte[] key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(HMAC);
    // HMAC pads keys with zeros, so an empty key, which the JDK refuses, equals one zero byte.
    mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
    return mac;
  }

  private static void doFinal(Mac mac, byte[] block) throws ShortBufferException {
    mac.doFinal(block, 0);
  }
}
