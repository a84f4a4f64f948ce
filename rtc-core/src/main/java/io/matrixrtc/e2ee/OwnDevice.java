package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.IdentityKeys;

/**
 * Our own device: its account, and the objects it signs. What it publishes is described in the
 * Matrix specification, end-to-end encryption, "Device keys" and "One-time and fallback keys".
 */
final class OwnDevice {
  static final String MEGOLM_ALGORITHM = "m.megolm.v1.aes-sha2";

  private final UserDevice address;
  private final Account account;
  private final ObjectNode deviceKeys;
  private ObjectNode sentKeys;

  /** Takes over the account. */
  OwnDevice(UserDevice address, Account account) {
    this.address = address;
    this.account = account;
    this.deviceKeys = signedDeviceKeys();
    this.sentKeys = deviceKeys;
  }

  UserDevice address() {
    return address;
  }

  Account account() {
    return account;
  }

  IdentityKeys identityKeys() {
    return account.identityKeys();
  }

  /** Returns a copy of the signed device keys, as they are uploaded and sent along (DEV-OWN). */
  ObjectNode deviceKeys() {
    return deviceKeys.deepCopy();
  }

  /**
   * Returns a copy of the device keys that go along with messages: with the signature of our own
   * identity, once there is one, so that who has not got our device list can judge us (TD-SIGNED).
   */
  ObjectNode sentKeys() {
    return sentKeys.deepCopy();
  }

  /** Notes that our device is listed as {@code listed}, and our identity signs with a key. */
  void onListed(SignedDeviceKeys listed, CrossSigningKey selfSigning) {
    String keyId = "ed25519:" + selfSigning.key().toBase64();
    JsonNode signature = listed.toJson().path("signatures").path(address.userId()).path(keyId);
    ObjectNode signed = deviceKeys.deepCopy();
    if (signature.isTextual()) {
      signed
          .withObjectProperty("signatures")
          .withObjectProperty(address.userId())
          .set(keyId, signature);
    }
    boolean valid =
        SignedJson.verify(
                signed, address.userId(), keyId, SignedDeviceKeys.verifier(selfSigning.key()))
            .isValid();
    sentKeys = valid ? signed : deviceKeys;
  }

  /** Whether {@code keys} are exactly the keys of this device. */
  boolean owns(SignedDeviceKeys keys) {
    return keys.ed25519().equals(identityKeys().ed25519())
        && keys.curve25519().filter(identityKeys().curve25519()::equals).isPresent();
  }

  /** Returns a one-time or fallback key, signed; the mark of a fallback key is signed too. */
  ObjectNode signedKey(Curve25519PublicKey key, boolean fallback) {
    ObjectNode object = Json.newObject().put("key", key.toBase64());
    if (fallback) {
      object.put("fallback", true); // OTK-FB-SIGNED
    }
    return sign(object);
  }

  private ObjectNode signedDeviceKeys() {
    ObjectNode keys = Json.newObject();
    keys.put("user_id", address.userId()).put("device_id", address.deviceId());
    keys.putArray("algorithms").add(SignedDeviceKeys.OLM_ALGORITHM).add(MEGOLM_ALGORITHM);
    keys.putObject("keys")
        .put("curve25519:" + address.deviceId(), identityKeys().curve25519().toBase64())
        .put("ed25519:" + address.deviceId(), identityKeys().ed25519().toBase64());
    return sign(keys);
  }

  /** Adds the signature of this device. */
  ObjectNode sign(ObjectNode object) {
    try {
      return SignedJson.sign(
          object,
          address.userId(),
          "ed25519:" + address.deviceId(),
          message -> account.sign(message).toBytes());
    } catch (CanonicalJsonException e) {
      throw new IllegalArgumentException("user id or device id cannot be signed", e);
    }
  }
}
