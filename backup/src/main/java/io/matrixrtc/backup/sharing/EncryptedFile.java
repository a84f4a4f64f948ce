package io.matrixrtc.backup.sharing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.cipher.AesCtr;
import io.matrixrtc.backup.sharing.BundleException.Reason;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * How to fetch and open an encrypted attachment: where it is, its key, its hash. Holds a secret and
 * wipes it when closed.
 *
 * <p>Source: Matrix specification, "Sending encrypted attachments".
 */
public final class EncryptedFile implements AutoCloseable {
  private static final int HASH_BYTES = 32;
  private static final int RANDOM_IV_BYTES = 8;

  private final String url;
  private final byte[] key;
  private final byte[] iv;
  private final byte[] sha256;

  private EncryptedFile(String url, byte[] key, byte[] iv, byte[] sha256) {
    this.url = url;
    this.key = key;
    this.iv = iv;
    this.sha256 = sha256;
  }

  /** Something encrypted, and what opens it once it is known where it is. */
  public static final class Encrypted {
    private final byte[] ciphertext;
    private final EncryptedFile file;

    private Encrypted(byte[] ciphertext, EncryptedFile file) {
      this.ciphertext = ciphertext;
      this.file = file;
    }

    /** The bytes to upload as {@code application/octet-stream}; the caller only reads them. */
    public byte[] ciphertext() {
      return ciphertext;
    }

    /** The description, now that the upload's {@code mxc} URL is known. */
    public EncryptedFile at(String url) {
      return new EncryptedFile(url, file.key, file.iv, file.sha256);
    }
  }

  /**
   * Encrypts under a new key (BUNDLE-SEAL): AES-256-CTR, an IV of 8 random bytes and 8 zero bytes,
   * a hash of the ciphertext.
   */
  public static Encrypted encrypt(byte[] plaintext, RandomSource random) {
    byte[] key = new byte[AesCtr.KEY_BYTES];
    random.nextBytes(key);
    byte[] half = new byte[RANDOM_IV_BYTES];
    random.nextBytes(half);
    byte[] iv = Arrays.copyOf(half, AesCtr.IV_BYTES);
    byte[] ciphertext = AesCtr.apply(key, iv, plaintext);
    return new Encrypted(ciphertext, new EncryptedFile("", key, iv, sha256(ciphertext)));
  }

  /**
   * Reads the member {@code file} of an event.
   *
   * @throws BundleException if it is not of the one kind that is used (BUNDLE-FILE)
   */
  public static EncryptedFile parse(JsonNode json) throws BundleException {
    if (!json.path("v").asText().equals("v2") || !json.path("url").isTextual()) {
      throw new BundleException(Reason.MALFORMED);
    }
    JsonNode jwk = json.path("key");
    if (!jwk.path("kty").asText().equals("oct") || !jwk.path("alg").asText().equals("A256CTR")) {
      throw new BundleException(Reason.KEY);
    }
    byte[] key = decode(jwk.path("k"), AesCtr.KEY_BYTES, Reason.KEY);
    byte[] iv = decode(json.path("iv"), AesCtr.IV_BYTES, Reason.KEY);
    byte[] hash = decode(json.path("hashes").path("sha256"), HASH_BYTES, Reason.MALFORMED);
    return new EncryptedFile(json.path("url").textValue(), key, iv, hash);
  }

  private static byte[] decode(JsonNode text, int length, Reason otherwise) throws BundleException {
    try {
      byte[] bytes = Base64Text.decodeAnyAlphabet(text.asText());
      if (bytes.length != length) {
        throw new BundleException(otherwise);
      }
      return bytes;
    } catch (MalformedBase64Exception e) {
      throw new BundleException(otherwise);
    }
  }

  /**
   * Returns what is inside, which the caller must zero.
   *
   * @throws BundleException if the bytes are not the ones that were meant; nothing is decrypted
   *     then (BUNDLE-HASH)
   */
  public byte[] decrypt(byte[] ciphertext) throws BundleException {
    if (!MessageDigest.isEqual(sha256, sha256(ciphertext))) {
      throw new BundleException(Reason.HASH);
    }
    return AesCtr.apply(key, iv, ciphertext);
  }

  /** Where it is, an {@code mxc} URL. */
  public String url() {
    return url;
  }

  /** Returns the member {@code file} of an event. As secret as what it opens. */
  public ObjectNode toJson() {
    ObjectNode json = Json.newObject().put("url", url).put("v", "v2");
    json.put("iv", Base64Text.encode(iv));
    json.putObject("hashes").put("sha256", Base64Text.encode(sha256));
    ObjectNode jwk = json.putObject("key").put("kty", "oct").put("alg", "A256CTR").put("ext", true);
    jwk.putArray("key_ops").add("encrypt").add("decrypt");
    jwk.put("k", Base64Text.encode(key).replace('+', '-').replace('/', '_'));
    return json;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform lacks SHA-256", e);
    }
  }

  /** Wipes the key. */
  @Override
  public void close() {
    Arrays.fill(key, (byte) 0);
  }

  @Override
  public String toString() {
    return "EncryptedFile[" + url + "]";
  }
}
