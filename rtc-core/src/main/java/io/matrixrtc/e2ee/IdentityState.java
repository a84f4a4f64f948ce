package io.matrixrtc.e2ee;

/** What our user may think of another user's identity, or of the own one. */
public enum IdentityState {
  /**
   * Our user compared its master key, or our own verified identity has signed it (by our
   * user-signing key).
   */
  VERIFIED,
  /** It has been the same since it was seen first, or accepted. Of our own user: not verified. */
  UNVERIFIED,
  /** It is another than was seen first, and nobody has accepted that. Blocks nothing by itself. */
  PIN_VIOLATION,
  /** It was verified once and is not now: it has changed, or our own identity has. */
  VERIFICATION_VIOLATION
}
