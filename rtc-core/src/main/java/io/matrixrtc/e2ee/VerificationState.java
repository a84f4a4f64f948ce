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
  /** No device was looked up: room keys, whose owner is judged when they are used. */
  NO_DEVICE
}
