package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.matrixrtc.cipher.AesCbc;
import io.matrixrtc.cipher.Hkdf;
import io.matrixrtc.cipher.HmacSha256;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.BadPaddingException;

/**
 * The keys of one message, or of one pickle: AES-256-CBC with PKCS#7 padding, then HMAC-SHA-256 cut
 * to the length that the session's configuration wants. Made for one message and wiped when closed.
 */
final class MessageCipher implements AutoCloseable {
  private static final byte[] OLM_INFO = "OLM_KEYS".getBytes(US_ASCII);
  private static final byte[] MEGOLM_INFO = "MEGOLM_KEYS".getBytes(US_ASCII);
  private static final byte[] PICKLE_INFO = "Pickle".getBytes(US_ASCII);
  private static final int AES_KEY_AT = 0;
  private static final int MAC_KEY_AT = 32;
  private static final int IV_AT = 64;

  /** AES key 32, MAC key 32, IV 16. */
  private final byte[] keys;

  private MessageCipher(byte[] material, byte[] info) {
    this.keys = Hkdf.derive(material, info, IV_AT + AesCbc.BLOCK_BYTES);
  }

  static MessageCipher ofOlm(byte[] messageKey) {
    return new MessageCipher(messageKey, OLM_INFO);
  }

  static MessageCipher ofMegolm(byte[] ratchet) {
    return new MessageCipher(ratchet, MEGOLM_INFO);
  }

  static MessageCipher ofPickle(byte[] pickleKey) {
    return new MessageCipher(pickleKey, PICKLE_INFO);
  }

  byte[] encrypt(byte[] plaintext) {
    return AesCbc.encrypt(keys, AES_KEY_AT, IV_AT, plaintext);
  }

  /** Call only after the MAC was right. */
  byte[] decrypt(byte[] ciphertext) throws BadPaddingException {
    return AesCbc.decrypt(keys, AES_KEY_AT, IV_AT, ciphertext);
  }

  byte[] mac(byte[] authenticated, int length) {
    byte[] macKey = Arrays.copyOfRange(keys, MAC_KEY_AT, IV_AT);
    try {
      return Arrays.copyOf(HmacSha256.of(macKey, authenticated), length);
    } finally {
      Arrays.fill(macKey, (byte) 0);
    }
  }

  /** Compares in constant time. */
  boolean macMatches(byte[] authenticated, byte[] mac) {
    return MessageDigest.isEqual(mac(authenticated, mac.length), mac);
  }

  @Override
  public void close() {
    Arrays.fill(keys, (byte) 0);
  }
}
