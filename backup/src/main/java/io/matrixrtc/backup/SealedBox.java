package io.matrixrtc.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.cipher.AesCbc;
import io.matrixrtc.cipher.Hkdf;
import io.matrixrtc.cipher.HmacSha256;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Curve25519SecretKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.RandomSource;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.BadPaddingException;

/**
 * The sealed part of a backup entry, {@code session_data}: X25519 with a fresh key, HKDF-SHA-256,
 * AES-256-CBC.
 *
 * <p>Its MAC covers nothing (BOX-MAC-EMPTY): the first implementation left the ciphertext out, all
 * others followed, and the specification now says so. So whoever knows the public key can make
 * entries, and whoever holds one can bend it. What is inside must be checked by what it is.
 *
 * <p>Source: Matrix specification, "m.megolm_backup.v1.curve25519-aes-sha2".
 */
public final class SealedBox {
  private static final int AES_KEY_AT = 0;
  private static final int MAC_KEY_AT = 32;
  private static final int IV_AT = 64;
  private static final int DERIVED_BYTES = 80;
  private static final int MAC_BYTES = 8;
  private static final byte[] NOTHING = {};

  private SealedBox() {}

  /** Returns {@code session_data} that only the owner of {@code recipient} opens. */
  public static ObjectNode seal(
      Curve25519PublicKey recipient, byte[] plaintext, RandomSource random) {
    try (Curve25519SecretKey ephemeral = Curve25519SecretKey.generate(random)) {
      byte[] keys = derive(ephemeral.agree(recipient));
      ObjectNode box =
          Json.newObject()
              .put("ephemeral", ephemeral.publicKey().toBase64())
              .put(
                  "ciphertext",
                  Base64Text.encode(AesCbc.encrypt(keys, AES_KEY_AT, IV_AT, plaintext)))
              .put("mac", Base64Text.encode(mac(keys)));
      Arrays.fill(keys, (byte) 0);
      return box;
    } catch (OlmException.NonContributory e) {
      throw new IllegalArgumentException("backup: nobody can open what is sealed to this key", e);
    }
  }

  /**
   * Returns what is inside, which the caller must zero.
   *
   * @throws DamagedKeyException if it was sealed to another key, or anything about it is wrong
   */
  public static byte[] open(BackupKey key, JsonNode sessionData) throws DamagedKeyException {
    byte[] ciphertext = decode(sessionData, "ciphertext");
    byte[] mac = decode(sessionData, "mac");
    if (mac.length != MAC_BYTES) {
      throw new DamagedKeyException(Reason.MAC_LENGTH); // BOX-MAC-LENGTH
    }
    byte[] keys = derive(agree(key, decode(sessionData, "ephemeral")));
    try {
      if (!MessageDigest.isEqual(mac, mac(keys))) {
        throw new DamagedKeyException(Reason.MAC); // BOX-MAC-EMPTY
      }
      if (ciphertext.length == 0 || ciphertext.length % AesCbc.BLOCK_BYTES != 0) {
        throw new DamagedKeyException(Reason.CIPHERTEXT_LENGTH); // BOX-BLOCKS
      }
      return AesCbc.decrypt(keys, AES_KEY_AT, IV_AT, ciphertext);
    } catch (BadPaddingException e) {
      throw new DamagedKeyException(Reason.PADDING); // BOX-PADDING
    } finally {
      Arrays.fill(keys, (byte) 0);
    }
  }

  private static byte[] agree(BackupKey key, byte[] ephemeral) throws DamagedKeyException {
    try {
      return key.agree(Curve25519PublicKey.of(ephemeral));
    } catch (KeyFormatException | OlmException.NonContributory e) {
      throw new DamagedKeyException(Reason.EPHEMERAL_KEY); // BOX-SMALL-ORDER
    }
  }

  private static byte[] derive(byte[] secret) {
    byte[] keys = Hkdf.derive(secret, NOTHING, DERIVED_BYTES);
    Arrays.fill(secret, (byte) 0);
    return keys;
  }

  private static byte[] mac(byte[] keys) {
    byte[] macKey = Arrays.copyOfRange(keys, MAC_KEY_AT, IV_AT);
    byte[] mac = HmacSha256.of(macKey);
    Arrays.fill(macKey, (byte) 0);
    return Arrays.copyOf(mac, MAC_BYTES);
  }

  private static byte[] decode(JsonNode sessionData, String name) throws DamagedKeyException {
    JsonNode value = sessionData.path(name);
    if (!value.isTextual()) {
      throw new DamagedKeyException(Reason.MISSING_FIELD);
    }
    try {
      return Base64Text.decode(value.textValue()); // BOX-BASE64
    } catch (MalformedBase64Exception e) {
      throw new DamagedKeyException(Reason.BASE64);
    }
  }
}
