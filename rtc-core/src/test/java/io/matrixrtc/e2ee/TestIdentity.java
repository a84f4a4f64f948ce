package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.RandomSource;

/** The private side of a cross-signing identity, and what its user publishes. */
final class TestIdentity {
  final String userId;
  final Ed25519KeyPair master;
  final Ed25519KeyPair selfSigning;
  final Ed25519KeyPair userSigning;

  /** What the server shows; tests may break it. */
  final ObjectNode masterKey;

  final ObjectNode selfSigningKey;
  final ObjectNode userSigningKey;

  TestIdentity(String userId, RandomSource random) {
    this.userId = userId;
    this.master = Ed25519KeyPair.generate(random);
    this.selfSigning = Ed25519KeyPair.generate(random);
    this.userSigning = Ed25519KeyPair.generate(random);
    this.masterKey = object(userId, Usage.MASTER, master.publicKey());
    this.selfSigningKey =
        sign(object(userId, Usage.SELF_SIGNING, selfSigning.publicKey()), userId, master);
    this.userSigningKey =
        sign(object(userId, Usage.USER_SIGNING, userSigning.publicKey()), userId, master);
  }

  static ObjectNode object(String userId, Usage usage, Ed25519PublicKey key) {
    ObjectNode object = Json.newObject().put("user_id", userId);
    object.putArray("usage").add(usage.label());
    object.putObject("keys").put("ed25519:" + key.toBase64(), key.toBase64());
    return object;
  }

  static ObjectNode sign(ObjectNode object, String signer, Ed25519KeyPair key) {
    try {
      return SignedJson.sign(
          object,
          signer,
          "ed25519:" + key.publicKey().toBase64(),
          message -> key.sign(message).toBytes());
    } catch (CanonicalJsonException e) {
      throw new AssertionError(e);
    }
  }

  Ed25519PublicKey key() {
    return master.publicKey();
  }

  /** Signs a device of the user, in place. */
  void signDevice(ObjectNode deviceKeys) {
    sign(deviceKeys, userId, selfSigning);
  }

  /** Signs another user's master key, in place. */
  void signUser(TestIdentity other) {
    sign(other.masterKey, userId, userSigning);
  }

  UserIdentity toUserIdentity() throws CrossSigningKeyException {
    return UserIdentity.first(
        CrossSigningKey.parse(userId, Usage.MASTER, masterKey),
        CrossSigningKey.parse(userId, Usage.SELF_SIGNING, selfSigningKey),
        java.util.Optional.empty());
  }
}
