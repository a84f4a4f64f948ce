package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.RandomSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Private cross-signing keys, as many as are held. Each has a row of its own in the store, named by
 * a prefix and its usage. Wipes itself when closed.
 */
final class PrivateIdentity implements AutoCloseable {
  private final Map<Usage, Ed25519KeyPair> keys = new EnumMap<>(Usage.class);

  /** Makes three new keys (XS-MAKE). */
  static PrivateIdentity generate(RandomSource random) {
    PrivateIdentity made = new PrivateIdentity();
    for (Usage usage : Usage.values()) {
      made.keys.put(usage, Ed25519KeyPair.generate(random));
    }
    return made;
  }

  /** Reads the keys of the rows that start with {@code prefix}. */
  static PrivateIdentity load(OwnSecretRows rows, String prefix) throws CryptoStoreException {
    PrivateIdentity loaded = new PrivateIdentity();
    for (Usage usage : Usage.values()) {
      Optional<byte[]> seed = rows.load(row(prefix, usage));
      if (seed.isPresent()) {
        loaded.keys.put(usage, pair(seed.get()));
        Arrays.fill(seed.get(), (byte) 0);
      }
    }
    return loaded;
  }

  private static Ed25519KeyPair pair(byte[] seed) throws CryptoStoreException {
    try {
      return Ed25519KeyPair.fromSeed(seed);
    } catch (KeyFormatException e) {
      throw new CryptoStoreException.Unreadable("cross-signing key", e);
    }
  }

  private static String row(String prefix, Usage usage) {
    return prefix + " " + usage.label();
  }

  /** Writes all keys to the rows that start with {@code prefix}. */
  void store(OwnSecretRows rows, String prefix) {
    keys.forEach((usage, key) -> store(rows, prefix, usage, key));
  }

  private static void store(OwnSecretRows rows, String prefix, Usage usage, Ed25519KeyPair key) {
    byte[] seed = key.copySeed();
    rows.put(row(prefix, usage), seed);
    Arrays.fill(seed, (byte) 0);
  }

  static void forget(OwnSecretRows rows, String prefix) {
    for (Usage usage : Usage.values()) {
      rows.forget(row(prefix, usage));
    }
  }

  /** Takes over a key, and writes it to its row. */
  void put(OwnSecretRows rows, String prefix, Usage usage, Ed25519KeyPair key) {
    Ed25519KeyPair before = keys.put(usage, key);
    if (before != null) {
      before.close();
    }
    store(rows, prefix, usage, key);
  }

  Optional<Ed25519KeyPair> key(Usage usage) {
    return Optional.ofNullable(keys.get(usage));
  }

  /** Whether all three keys are there. */
  boolean isComplete() {
    return keys.size() == Usage.values().length;
  }

  private Ed25519KeyPair required(Usage usage) {
    return key(usage).orElseThrow(() -> new IllegalStateException("no private " + usage));
  }

  /**
   * Returns the public side as it is uploaded: the master key signed by {@code device}, the others
   * by the master key.
   */
  Map<Usage, ObjectNode> publish(OwnDevice device) {
    String userId = device.address().userId();
    Map<Usage, ObjectNode> published = new EnumMap<>(Usage.class);
    for (Usage usage : Usage.values()) {
      ObjectNode object = object(userId, usage, required(usage).publicKey());
      published.put(
          usage,
          usage == Usage.MASTER
              ? device.sign(object)
              : sign(object, userId, required(Usage.MASTER)));
    }
    return published;
  }

  private static ObjectNode object(String userId, Usage usage, Ed25519PublicKey key) {
    ObjectNode object = Json.newObject().put("user_id", userId);
    object.putArray("usage").add(usage.label());
    object.putObject("keys").put("ed25519:" + key.toBase64(), key.toBase64());
    return object;
  }

  /** Adds the signature of {@code key} in the name of {@code userId}. */
  static ObjectNode sign(ObjectNode object, String userId, Ed25519KeyPair key) {
    try {
      return SignedJson.sign(
          object,
          userId,
          "ed25519:" + key.publicKey().toBase64(),
          message -> key.sign(message).toBytes());
    } catch (CanonicalJsonException e) {
      throw new IllegalArgumentException("the object cannot be signed", e);
    }
  }

  @Override
  public void close() {
    keys.values().forEach(Ed25519KeyPair::close);
    keys.clear();
  }
}
