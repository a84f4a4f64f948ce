package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What became of encrypting one to-device event for one device. */
public sealed interface EncryptionOutcome {

  /**
   * Encrypted. The session's new state is stored before this is handed out.
   *
   * @param content the content of the {@code m.room.encrypted} event for this device
   */
  record Encrypted(ObjectNode content) implements EncryptionOutcome {
    @Override
    public String toString() {
      return "Encrypted";
    }
  }

  /** Its user's device list does not hold the device. */
  record UnknownDevice() implements EncryptionOutcome {}

  /** The device is our own; it needs no message. */
  record OwnDevice() implements EncryptionOutcome {}

  /** The device publishes no Olm keys. */
  record NoOlmSupport() implements EncryptionOutcome {}

  /** Our user blocked the device. */
  record Blocked() implements EncryptionOutcome {}

  /** The policy for sending asks for more than the device's {@code state}. */
  record UntrustedByPolicy(TrustPolicy policy, VerificationState state)
      implements EncryptionOutcome {}

  /** There is no session, and the device has no one-time or fallback key left. */
  record NoOneTimeKeys() implements EncryptionOutcome {}

  /** There is no session, and the one-time key that the server gave for the device is not right. */
  record BadOneTimeKey() implements EncryptionOutcome {}

  /**
   * The server that could tell the device's keys, or help to start a session, did not answer; there
   * is nothing from before to go by.
   */
  record ServerUnreachable(String serverName) implements EncryptionOutcome {}

  /** The only session cannot be written to, as the other side gave it a key of small order. */
  record SessionUnusable() implements EncryptionOutcome {}
}
