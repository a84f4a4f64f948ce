package io.matrixrtc.backup.dehydration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Curve25519SecretKey;

/**
 * What a dehydrated device publishes, signed by itself. Source: MSC3814; Matrix specification,
 * end-to-end encryption, "Device keys" and "One-time and fallback keys".
 */
public final class DehydratedKeys {
  private static final String ONE_TIME = "signed_curve25519:";

  private final DehydratedDevice device;
  private final String userId;

  /** Speaks for {@code device}, which stays the caller's, as a device of {@code userId}. */
  public DehydratedKeys(DehydratedDevice device, String userId) {
    this.device = device;
    this.userId = userId;
  }

  /** Its device keys, which say that it is dehydrated. Our identity must sign them, too. */
  public ObjectNode deviceKeys() {
    String id = device.deviceId();
    ObjectNode keys =
        Json.newObject().put("user_id", userId).put("device_id", id).put("dehydrated", true);
    keys.putArray("algorithms").add("m.olm.v1.curve25519-aes-sha2").add("m.megolm.v1.aes-sha2");
    keys.putObject("keys")
        .put("curve25519:" + id, device.identityKey().publicKey().toBase64())
        .put("ed25519:" + id, device.signingKey().publicKey().toBase64());
    return sign(keys);
  }

  /**
   * The whole upload.
   *
   * @param deviceKeys as {@link #deviceKeys}, signed by our identity (DEHY-SIGNED)
   * @param deviceData the sealed private keys
   * @param displayName what other devices of the user show
   */
  public ObjectNode upload(ObjectNode deviceKeys, ObjectNode deviceData, String displayName) {
    ObjectNode body = Json.newObject().put("device_id", device.deviceId());
    body.put("initial_device_display_name", displayName);
    body.set("device_data", deviceData);
    body.set("device_keys", deviceKeys);
    ObjectNode oneTimeKeys = body.putObject("one_time_keys");
    int number = 0;
    for (Curve25519SecretKey key : device.oneTimeKeys()) {
      oneTimeKeys.set(ONE_TIME + name(number++), sign(json(key)));
    }
    ObjectNode fallbackKeys = body.putObject("fallback_keys");
    int last = number;
    device
        .fallbackKey()
        .ifPresent(
            key -> fallbackKeys.set(ONE_TIME + name(last), sign(json(key).put("fallback", true))));
    return body;
  }

  private static ObjectNode json(Curve25519SecretKey key) {
    return Json.newObject().put("key", key.publicKey().toBase64());
  }

  private static String name(int number) {
    return "DEHY%04d".formatted(number);
  }

  private ObjectNode sign(ObjectNode object) {
    try {
      return SignedJson.sign(
          object,
          userId,
          "ed25519:" + device.deviceId(),
          message -> device.signingKey().sign(message).toBytes());
    } catch (CanonicalJsonException e) {
      throw new IllegalArgumentException("user id cannot be signed", e);
    }
  }
}
