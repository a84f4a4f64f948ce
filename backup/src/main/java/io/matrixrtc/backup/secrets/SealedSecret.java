package io.matrixrtc.backup.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.cipher.AesCtr;
import io.matrixrtc.cipher.Hkdf;
import io.matrixrtc.cipher.HmacSha256;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * A secret sealed with a storage key, {@code m.secret_storage.v1.aes-hmac-sha2}: AES-256-CTR and
 * HMAC-SHA-256 with keys that HKDF makes from the storage key and the secret's name (SSSS-NAME).
 *
 * <p>The MAC does not cover the IV: with a bent one garbage comes out. Check what you got.
 */
public final class SealedSecret {
  private static final int AES_KEY_BYTES = 32;
  private static final int DERIVED_BYTES = 64;

  private SealedSecret() {}

  /** Returns {@code secret} sealed under {@code key} as the secret called {@code name}. */
  public static ObjectNode seal(StorageKey key, String name, String secret, RandomSource random) {
    byte[] plaintext = secret.getBytes(UTF_8);
    byte[] iv = AesCtr.newIv(random); // CTR-BIT63
    byte[] keys = Hkdf.derive(key.bytes(), name.getBytes(UTF_8), DERIVED_BYTES);
    byte[] ciphertext = AesCtr.apply(aesKey(keys), iv, plaintext);
    byte[] mac = mac(keys, ciphertext);
    Arrays.fill(keys, (byte) 0);
    Arrays.fill(plaintext, (byte) 0);
    return Json.newObject()
        .put("iv", Base64Text.encodePadded(iv))
        .put("ciphertext", Base64Text.encodePadded(ciphertext))
        .put("mac", Base64Text.encodePadded(mac));
  }

  /**
   * Returns what is inside, which the caller must zero; empty if a member is missing, empty or of
   * another length than it has, or the MAC is not right (SSSS-OPEN).
   */
  public static Optional<byte[]> open(StorageKey key, String name, JsonNode sealed) {
    Optional<byte[]> iv = decode(sealed.path("iv"));
    Optional<byte[]> ciphertext = decode(sealed.path("ciphertext"));
    Optional<byte[]> mac = decode(sealed.path("mac"));
    if (iv.isEmpty() || ciphertext.isEmpty() || mac.isEmpty()) {
      return Optional.empty();
    }
    if (iv.get().length != AesCtr.IV_BYTES || mac.get().length != HmacSha256.BYTES) {
      return Optional.empty();
    }
    byte[] keys = Hkdf.derive(key.bytes(), name.getBytes(UTF_8), DERIVED_BYTES);
    try {
      return MessageDigest.isEqual(mac.get(), mac(keys, ciphertext.get()))
          ? Optional.of(AesCtr.apply(aesKey(keys), iv.get(), ciphertext.get()))
          : Optional.empty();
    } finally {
      Arrays.fill(keys, (byte) 0);
    }
  }

  /** The MAC of 32 zero bytes as a secret without a name: what tells whether a key fits. */
  static byte[] keyCheck(StorageKey key, byte[] iv) {
    byte[] keys = Hkdf.derive(key.bytes(), new byte[0], DERIVED_BYTES);
    byte[] mac = mac(keys, AesCtr.apply(aesKey(keys), iv, new byte[32]));
    Arrays.fill(keys, (byte) 0);
    return mac;
  }

  static Optional<byte[]> decode(JsonNode text) {
    if (!text.isTextual() || text.textValue().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64Text.decode(text.textValue()));
    } catch (MalformedBase64Exception e) {
      return Optional.empty();
    }
  }

  private static byte[] aesKey(byte[] keys) {
    return Arrays.copyOf(keys, AES_KEY_BYTES);
  }

  private static byte[] mac(byte[] keys, byte[] ciphertext) {
    byte[] macKey = Arrays.copyOfRange(keys, AES_KEY_BYTES, DERIVED_BYTES);
    byte[] mac = HmacSha256.of(macKey, ciphertext);
    Arrays.fill(macKey, (byte) 0);
    return mac;
  }
}
