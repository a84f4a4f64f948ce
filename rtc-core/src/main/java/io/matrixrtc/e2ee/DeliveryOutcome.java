package io.matrixrtc.e2ee;

/** What finally became of a to-device message to one device. */
public sealed interface DeliveryOutcome {

  /** The homeserver took the encrypted message. */
  record Sent() implements DeliveryOutcome {}

  /**
   * It could not, or must not, be encrypted for the device; nothing was sent.
   *
   * @param why never {@link EncryptionOutcome.Encrypted}
   */
  record NotEncrypted(EncryptionOutcome why) implements DeliveryOutcome {}

  /**
   * The homeserver did not take the encrypted message.
   *
   * @param reason for people; holds no secret
   */
  record Failed(String reason) implements DeliveryOutcome {}
}
