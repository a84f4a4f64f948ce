package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.DeviceKeysException.Reason;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.Ed25519Signature;
import io.matrixrtc.olm.KeyFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys that a device published about itself, whose own signature is right. Says nothing about
 * whether the device belongs to its user. Immutable.
 *
 * <p>Source: Matrix specification, end-to-end encryption, "Device keys"; rules of acceptance as in
 * matrix-sdk-crypto.
 */
public final class SignedDeviceKeys {
  /** The algorithm that to-device messages to the device need. */
  public static final String OLM_ALGORITHM = "m.olm.v1.curve25519-aes-sha2";

  private final String userId;
  private final String deviceId;
  private final List<String> algorithms;
  private final Ed25519PublicKey ed25519;
  private final @Nullable Curve25519PublicKey curve25519;
  private final ObjectNode json;

  private SignedDeviceKeys(
      String userId,
      String deviceId,
      List<String> algorithms,
      Ed25519PublicKey ed25519,
      @Nullable Curve25519PublicKey curve25519,
      ObjectNode json) {
    this.userId = userId;
    this.deviceId = deviceId;
    this.algorithms = List.copyOf(algorithms);
    this.ed25519 = ed25519;
    this.curve25519 = curve25519;
    this.json = json;
  }

  /**
   * Reads device keys and checks the device's own signature.
   *
   * @throws DeviceKeysException if the object is refused
   */
  public static SignedDeviceKeys parse(ObjectNode object) throws DeviceKeysException {
    SignedDeviceKeys keys = read(object);
    checkSignature(object, keys.userId, keys.deviceId, keys.ed25519);
    return keys;
  }

  private static SignedDeviceKeys read(ObjectNode object) throws DeviceKeysException {
    String userId = text(object, "user_id");
    String deviceId = text(object, "device_id");
    Ed25519PublicKey ed25519 = null;
    Curve25519PublicKey curve25519 = null;
    for (Map.Entry<String, JsonNode> entry : member(object, "keys").properties()) {
      String keyId = entry.getKey();
      try {
        if (keyId.startsWith("ed25519:")) {
          Ed25519PublicKey key = Ed25519PublicKey.fromBase64(text(entry.getValue()));
          ed25519 = keyId.equals("ed25519:" + deviceId) ? key : ed25519;
        } else if (keyId.startsWith("curve25519:")) {
          Curve25519PublicKey key = Curve25519PublicKey.fromBase64(text(entry.getValue()));
          curve25519 = keyId.equals("curve25519:" + deviceId) ? key : curve25519;
        }
      } catch (KeyFormatException e) {
        throw new DeviceKeysException(Reason.BAD_KEY, userId, deviceId); // DEV-KEY
      }
    }
    if (ed25519 == null) {
      throw new DeviceKeysException(Reason.SIGNING_KEY_MISSING, userId, deviceId);
    }
    return new SignedDeviceKeys(
        userId, deviceId, algorithms(object), ed25519, curve25519, object.deepCopy());
  }

  /**
   * Reads device keys that were accepted before and came back from a store which keeps them
   * authentic: the signature is not checked again.
   *
   * @throws DeviceKeysException if they cannot have been accepted
   */
  public static SignedDeviceKeys fromStore(ObjectNode object) throws DeviceKeysException {
    return read(object);
  }

  /**
   * Reads an entry of a {@code /keys/query} answer: the object must be about the user and device
   * that it is filed under, and a device that is known must not have changed its Ed25519 key. A
   * changed Curve25519 key is taken. What says the same as before was checked before: of a user
   * with hundreds of devices one changes at a time.
   *
   * @param known what was accepted for this device before, if anything
   * @throws DeviceKeysException if the object is refused; what was known stays
   */
  public static SignedDeviceKeys accept(
      String filedUserId, String filedDeviceId, ObjectNode object, @Nullable SignedDeviceKeys known)
      throws DeviceKeysException {
    if (!filedUserId.equals(text(object, "user_id"))) {
      throw new DeviceKeysException(Reason.OTHER_USER, filedUserId, filedDeviceId); // DEV-FILED
    }
    if (!filedDeviceId.equals(text(object, "device_id"))) {
      throw new DeviceKeysException(Reason.OTHER_DEVICE, filedUserId, filedDeviceId); // DEV-FILED
    }
    if (known != null && known.isWrittenAs(object)) {
      return known; // DEV-SAME
    }
    SignedDeviceKeys keys = parse(object);
    if (known != null && !known.ed25519.equals(keys.ed25519)) {
      throw new DeviceKeysException(
          Reason.SIGNING_KEY_CHANGED, filedUserId, filedDeviceId); // DEV-PIN
    }
    return keys;
  }

  private static void checkSignature(
      ObjectNode object, String userId, String deviceId, Ed25519PublicKey key)
      throws DeviceKeysException {
    SignedJson.Verification verification =
        SignedJson.verify(object, userId, "ed25519:" + deviceId, verifier(key)); // DEV-SELF
    Reason reason =
        switch (verification) {
          case VALID -> null;
          case MISSING -> Reason.SIGNATURE_MISSING;
          case MALFORMED -> Reason.BAD_SIGNATURE_ENCODING;
          case WRONG -> Reason.BAD_SIGNATURE;
          case NOT_CANONICAL -> Reason.MALFORMED;
        };
    if (reason != null) {
      throw new DeviceKeysException(reason, userId, deviceId);
    }
  }

  /** Returns the check of {@code key}'s signatures, in the form that {@link SignedJson} takes. */
  public static SignedJson.SignatureVerifier verifier(Ed25519PublicKey key) {
    return (message, signature) -> {
      try {
        return key.verify(message, Ed25519Signature.of(signature));
      } catch (KeyFormatException e) {
        return false; // not 64 bytes; SignedJson has checked that
      }
    };
  }

  private static List<String> algorithms(ObjectNode object) throws DeviceKeysException {
    List<String> algorithms = new ArrayList<>();
    for (JsonNode algorithm : member(object, "algorithms")) {
      algorithms.add(text(algorithm));
    }
    return algorithms;
  }

  private static JsonNode member(ObjectNode object, String name) throws DeviceKeysException {
    JsonNode value = object.get(name);
    if (value == null) {
      throw new DeviceKeysException(Reason.MALFORMED);
    }
    return value;
  }

  private static String text(ObjectNode object, String name) throws DeviceKeysException {
    return text(member(object, name));
  }

  private static String text(JsonNode value) throws DeviceKeysException {
    if (!value.isTextual()) {
      throw new DeviceKeysException(Reason.MALFORMED);
    }
    return value.textValue();
  }

  /** The owner, as the keys say and their signature covers. */
  public String userId() {
    return userId;
  }

  /** The device's id. */
  public String deviceId() {
    return deviceId;
  }

  /** Encryption algorithms that the device names. */
  public List<String> algorithms() {
    return algorithms;
  }

  /** The key that the device signs with. */
  public Ed25519PublicKey ed25519() {
    return ed25519;
  }

  /** The key that names the device in Olm messages; a device without one gets no session. */
  public Optional<Curve25519PublicKey> curve25519() {
    return Optional.ofNullable(curve25519);
  }

  /** Whether an Olm session with the device is possible. */
  public boolean supportsOlm() {
    return curve25519 != null && algorithms.contains(OLM_ALGORITHM);
  }

  /** Whether {@code key} of {@code signer}, filed under the key itself, signed these keys. */
  boolean isSignedBy(String signer, Ed25519PublicKey key) {
    return SignedJson.verify(json, signer, "ed25519:" + key.toBase64(), verifier(key)).isValid();
  }

  /** Whether the device is a dehydrated one. */
  public boolean isDehydrated() {
    return json.path("dehydrated").asBoolean(false);
  }

  /** Whether {@code object} says the same, signatures and unknown members included. */
  boolean isWrittenAs(ObjectNode object) {
    return json.equals(object);
  }

  /** Whether {@code other} says the same, signatures and unknown members included. */
  boolean isWrittenAs(SignedDeviceKeys other) {
    return isWrittenAs(other.json);
  }

  /** Returns a copy of the whole object, unknown members and all signatures included. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }

  @Override
  public String toString() {
    return "SignedDeviceKeys[" + userId + "/" + deviceId + ", " + ed25519 + "]";
  }
}
