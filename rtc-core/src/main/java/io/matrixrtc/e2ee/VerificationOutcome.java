package io.matrixrtc.e2ee;

import java.util.Set;

/** What {@link CrossSigning#verify} made of a verification. */
public sealed interface VerificationOutcome {

  /**
   * The keys count as verified here.
   *
   * @param signatures what our identity signs, so that our other devices see it too; empty if there
   *     is nothing to sign, or the private key for it is not here
   */
  record Verified(Set<SignatureTarget> signatures) implements VerificationOutcome {
    public Verified {
      signatures = Set.copyOf(signatures);
    }
  }

  /** Nothing is known of this key, or nothing was compared at all: nothing has changed. */
  record Unknown(String keyId) implements VerificationOutcome {}

  /** Another key is known here: somebody is deceived, and nothing has changed. */
  record OtherKey(String keyId) implements VerificationOutcome {}
}
