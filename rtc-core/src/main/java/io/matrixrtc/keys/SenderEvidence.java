package io.matrixrtc.keys;

/** What is known about who sent a to-device message, by other means than its content. */
public sealed interface SenderEvidence {

  /**
   * The device that owns the Olm session which decrypted the message.
   *
   * @param device the device found by its Curve25519 identity key; never taken from the content
   * @param trust how far that device is trusted
   */
  record OlmDevice(DeviceAddress device, Trust trust) implements SenderEvidence {}

  /**
   * The word of a widget host, which names the user but no device. Counts only where the app has
   * switched it on by name.
   */
  record HostAttested(String userId) implements SenderEvidence {}

  /** How far a device is trusted, weakest first. */
  enum Trust {
    /** Its keys are known and self-signed, nothing more. */
    KNOWN,
    /** Signed by its owner's cross-signing identity (MSC4153). */
    CROSS_SIGNED,
    /** Its owner's identity, or the device itself, was verified by us. */
    VERIFIED
  }
}
