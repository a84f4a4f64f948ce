package io.matrixrtc.e2ee;

/** Device keys were refused. What was known of the device before stays as it was. */
public final class DeviceKeysException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Members are missing, of another type, or cannot be signed. */
    MALFORMED,
    /** The object is about another user than it is filed under. */
    OTHER_USER,
    /** The object is about another device than it is filed under. */
    OTHER_DEVICE,
    /** An Ed25519 or Curve25519 key that is no key. */
    BAD_KEY,
    /** The device names no Ed25519 key of its own. */
    SIGNING_KEY_MISSING,
    /** The device did not sign. */
    SIGNATURE_MISSING,
    /** The device's signature is no base64 text of 64 bytes. */
    BAD_SIGNATURE_ENCODING,
    /** The device's signature is wrong. */
    BAD_SIGNATURE,
    /** The device was known with another Ed25519 key. */
    SIGNING_KEY_CHANGED
  }

  private final Reason reason;

  DeviceKeysException(Reason reason, String userId, String deviceId) {
    super("device keys of %s/%s refused: %s".formatted(userId, deviceId, reason));
    this.reason = reason;
  }

  /** Refuses an object that does not even name its device. */
  DeviceKeysException(Reason reason) {
    super("device keys refused: " + reason);
    this.reason = reason;
  }

  /** Why the keys were refused. */
  public Reason reason() {
    return reason;
  }
}
