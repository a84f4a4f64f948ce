package io.matrixrtc.olm;

/**
 * Which check a message failed. For diagnostics; to act on, they are all the same. Telling padding
 * apart gives nothing away, since only who holds the MAC key gets that far.
 */
public enum AuthenticityCheck {
  /** The Ed25519 signature (Megolm). */
  SIGNATURE,
  /** The MAC, also when the keys to check it with cannot exist. */
  MAC,
  /** The padding inside an authentic message. */
  PADDING
}
