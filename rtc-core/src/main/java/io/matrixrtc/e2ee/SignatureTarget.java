package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;

/**
 * Something that our own identity signs.
 *
 * @param userId whose it is
 * @param keyId the device id, or the public master key in base64
 * @param kind which of the two it is
 */
public record SignatureTarget(String userId, String keyId, Kind kind) {
  /** What is signed. */
  public enum Kind {
    /** A device of ours, by the self-signing key. */
    DEVICE,
    /** Another user's master key, by the user-signing key. */
    MASTER_KEY
  }

  static SignatureTarget device(UserDevice device) {
    return new SignatureTarget(device.userId(), device.deviceId(), Kind.DEVICE);
  }

  static SignatureTarget master(String userId, Ed25519PublicKey master) {
    return new SignatureTarget(userId, master.toBase64(), Kind.MASTER_KEY);
  }

  @Override
  public String toString() {
    return "SignatureTarget["
        + ShownText.of(userId, ShownText.MAX_ID_CHARS)
        + ", "
        + ShownText.of(keyId, ShownText.MAX_ID_CHARS)
        + "]";
  }
}
