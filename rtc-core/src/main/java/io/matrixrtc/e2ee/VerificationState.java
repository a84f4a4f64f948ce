package io.matrixrtc.e2ee;

/**
 * How sure it is that a device belongs to the user it names, best first.
 *
 * <p>Source: the levels of matrix-sdk-crypto; MSC4153 asks for at least {@link
 * #UNVERIFIED_IDENTITY}.
 */
public enum VerificationState {
  /** We verified the device, or its owner's identity, which has signed it. */
  VERIFIED,
  /** Its owner's identity has signed it; we did not verify that identity. */
  UNVERIFIED_IDENTITY,
  /** Its owner's identity is not the one that we verified earlier. */
  VERIFICATION_VIOLATION,
  /** It signed its own keys, nothing more. */
  UNSIGNED_DEVICE,
  /**
   * The device is not known: an event of a room whose sender's device nobody has listed; and room
   * keys themselves, whose owner is judged when they are used.
   */
  NO_DEVICE,
  /** An event of a room whose key was imported: nothing proves whose the key is. */
  INSECURE_SOURCE,
  /** An event of a room whose key belongs to another user than the event names (CVE-2025-48937). */
  MISMATCHED_SENDER
}
