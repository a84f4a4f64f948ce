package io.matrixrtc.backup.dehydration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519SecretKey;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.RandomSource;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The private keys of a dehydrated device. Wipes them when closed.
 *
 * <pre>| version 4 | Curve25519 32 | Ed25519 32 | count 4 | count · 32 | fallback present 1 | 32 |
 * </pre>
 *
 * Sealed with ChaCha20-Poly1305, no associated data. The proposal gives version 0x80000000, the one
 * implementation writes 1; both are read (DEHY-VERSION). Source: MSC3814.
 */
public final class DehydratedDevice implements AutoCloseable {
  /** The only algorithm that is read. */
  public static final String ALGORITHM = "org.matrix.msc3814.v2";

  /** How many one-time keys a new one has. */
  public static final int ONE_TIME_KEYS = 50;

  /** Length of the key, which secret storage keeps. */
  public static final int KEY_BYTES = 32;

  private static final int VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int PRIVATE_BYTES = 32;
  private static final int SMALLEST_BYTES = 4 + 2 * PRIVATE_BYTES + 4 + 1 + PRIVATE_BYTES;

  private final Curve25519SecretKey identityKey;
  private final Ed25519KeyPair signingKey;
  private final List<Curve25519SecretKey> oneTimeKeys;
  private final Optional<Curve25519SecretKey> fallbackKey;

  private DehydratedDevice(
      Curve25519SecretKey identityKey,
      Ed25519KeyPair signingKey,
      List<Curve25519SecretKey> oneTimeKeys,
      Optional<Curve25519SecretKey> fallbackKey) {
    this.identityKey = identityKey;
    this.signingKey = signingKey;
    this.oneTimeKeys = List.copyOf(oneTimeKeys);
    this.fallbackKey = fallbackKey;
  }

  /** Makes a new one, with {@value #ONE_TIME_KEYS} one-time keys and a fallback key (DEHY-NEW). */
  public static DehydratedDevice generate(RandomSource random) {
    return new DehydratedDevice(
        Curve25519SecretKey.generate(random),
        Ed25519KeyPair.generate(random),
        Stream.generate(() -> Curve25519SecretKey.generate(random)).limit(ONE_TIME_KEYS).toList(),
        Optional.of(Curve25519SecretKey.generate(random)));
  }

  /**
   * Seals all keys as {@code device_data}.
   *
   * @param key {@value #KEY_BYTES} bytes, the caller's to wipe
   * @param random where the nonce comes from
   */
  public ObjectNode seal(byte[] key, RandomSource random) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("want " + KEY_BYTES + " bytes, got " + key.length);
    }
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plaintext = plaintext();
    try {
      Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
      return Json.newObject()
          .put("algorithm", ALGORITHM)
          .put("nonce", Base64Text.encode(nonce))
          .put("device_pickle", Base64Text.encode(cipher.doFinal(plaintext)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK from 11 on has ChaCha20-Poly1305", e);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  private byte[] plaintext() {
    ByteBuffer out =
        ByteBuffer.allocate(SMALLEST_BYTES + oneTimeKeys.size() * PRIVATE_BYTES)
            .putInt(VERSION); // DEHY-VERSION: what the one implementation writes
    put(out, identityKey.copySecret());
    put(out, signingKey.copySeed());
    out.putInt(oneTimeKeys.size());
    oneTimeKeys.forEach(key -> put(out, key.copySecret()));
    out.put((byte) (fallbackKey.isPresent() ? 1 : 0));
    put(out, fallbackKey.map(Curve25519SecretKey::copySecret).orElse(new byte[PRIVATE_BYTES]));
    return out.array();
  }

  private static void put(ByteBuffer out, byte[] secret) {
    out.put(secret);
    Arrays.fill(secret, (byte) 0);
  }

  /** Its device id: its identity key (DEHY-ID). */
  public String deviceId() {
    return identityKey.publicKey().toBase64();
  }

  /**
   * Opens {@code device_data}; empty if it cannot be: another key or algorithm, damage, or an
   * identity key that is not the device id (DEHY-ID).
   */
  public static Optional<DehydratedDevice> open(byte[] key, String deviceId, JsonNode deviceData) {
    if (key.length != KEY_BYTES || !deviceData.path("algorithm").asText().equals(ALGORITHM)) {
      return Optional.empty();
    }
    Optional<byte[]> plaintext = decrypt(key, deviceData);
    if (plaintext.isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<DehydratedDevice> device = parse(plaintext.get());
      return device.filter(d -> d.deviceId().equals(deviceId));
    } catch (KeyFormatException e) {
      throw new IllegalStateException("the lengths were checked", e);
    } finally {
      Arrays.fill(plaintext.get(), (byte) 0);
    }
  }

  private static Optional<byte[]> decrypt(byte[] key, JsonNode deviceData) {
    try {
      byte[] nonce = Base64Text.decode(deviceData.path("nonce").asText());
      byte[] pickle = Base64Text.decode(deviceData.path("device_pickle").asText());
      if (nonce.length != NONCE_BYTES) {
        return Optional.empty();
      }
      Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
      cipher.init(
          Cipher.DECRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
      return Optional.of(cipher.doFinal(pickle));
    } catch (MalformedBase64Exception | GeneralSecurityException e) {
      return Optional.empty(); // DEHY-TAG
    }
  }

  private static Optional<DehydratedDevice> parse(byte[] plaintext) throws KeyFormatException {
    if (plaintext.length < SMALLEST_BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(plaintext);
    int version = in.getInt();
    Curve25519SecretKey identity = curve25519(in);
    Ed25519KeyPair signing = Ed25519KeyPair.fromSeed(take(in));
    int count = in.getInt();
    boolean fits = count >= 0 && plaintext.length == SMALLEST_BYTES + (long) count * PRIVATE_BYTES;
    if ((version != 1 && version != 0x80000000) || !fits) {
      identity.close();
      signing.close();
      return Optional.empty();
    }
    List<Curve25519SecretKey> oneTimeKeys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      oneTimeKeys.add(curve25519(in));
    }
    boolean hasFallback = in.get() != 0;
    Curve25519SecretKey fallback = curve25519(in);
    return Optional.of(
        new DehydratedDevice(
            identity,
            signing,
            oneTimeKeys,
            hasFallback ? Optional.of(fallback) : Optional.empty()));
  }

  private static Curve25519SecretKey curve25519(ByteBuffer in) throws KeyFormatException {
    byte[] bytes = take(in);
    try {
      return Curve25519SecretKey.copyOf(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] take(ByteBuffer in) {
    byte[] bytes = new byte[PRIVATE_BYTES];
    in.get(bytes);
    return bytes;
  }

  /** The identity key, whose public half is the device id. */
  public Curve25519SecretKey identityKey() {
    return identityKey;
  }

  /** The signing key. */
  public Ed25519KeyPair signingKey() {
    return signingKey;
  }

  /** The one-time keys, in order. */
  public List<Curve25519SecretKey> oneTimeKeys() {
    return oneTimeKeys;
  }

  /** The fallback key, if there is one. */
  public Optional<Curve25519SecretKey> fallbackKey() {
    return fallbackKey;
  }

  /** Wipes all keys. */
  @Override
  public void close() {
    identityKey.close();
    signingKey.close();
    oneTimeKeys.forEach(Curve25519SecretKey::close);
    fallbackKey.ifPresent(Curve25519SecretKey::close);
  }

  @Override
  public String toString() {
    return "DehydratedDevice[" + identityKey.publicKey() + "]";
  }
}
