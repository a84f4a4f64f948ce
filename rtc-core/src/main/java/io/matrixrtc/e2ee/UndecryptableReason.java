package io.matrixrtc.e2ee;

/** Why an encrypted to-device event was refused. The order is that of the checks. */
public enum UndecryptableReason {
  /** An algorithm other than Olm version 1. */
  UNSUPPORTED_ALGORITHM,
  /** The event holds no ciphertext for our identity key. */
  NOT_FOR_THIS_DEVICE,
  /** No session can decrypt it, and none could be started from it. */
  NO_SESSION,
  /** This very message was decrypted before. */
  REPLAYED,
  /** The payload is not JSON, or lacks a member that it must have. */
  MALFORMED_PAYLOAD,
  /** The payload was written for another user. */
  OTHER_RECIPIENT,
  /** The payload names another sender than the event does. */
  OTHER_SENDER,
  /** The payload was written for another device's Ed25519 key. */
  OTHER_RECIPIENT_KEY,
  /** The device keys inside the payload are not those of the sending device. */
  BAD_SENDER_DEVICE_KEYS,
  /** The payload must hold the sender's device keys and does not. */
  SENDER_DEVICE_KEYS_MISSING,
  /** The payload claims another Ed25519 key than the sending device has. */
  OTHER_SENDER_KEY,
  /** The sending device is not known and did not send its keys. Held for later (TD-HELD). */
  UNKNOWN_SENDER_DEVICE,
  /**
   * The sending device is blocked, or is trusted less than the policy asks for; in the second case
   * the event is held for later (TD-HELD).
   */
  UNTRUSTED_SENDER
}
