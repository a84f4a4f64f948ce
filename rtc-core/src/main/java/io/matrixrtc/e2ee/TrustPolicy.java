package io.matrixrtc.e2ee;

import java.util.Set;

/** Which devices are written to and believed. */
public enum TrustPolicy {
  /** Every device that signed its own keys. Must be chosen by name, and is shown. */
  ALL("all", Set.of(VerificationState.values())),
  /** Devices that their owner's identity has signed (MSC4153). The default. */
  CROSS_SIGNED(
      "cross-signed", Set.of(VerificationState.VERIFIED, VerificationState.UNVERIFIED_IDENTITY)),
  /** Devices that we verified, directly or through their owner. */
  VERIFIED("verified", Set.of(VerificationState.VERIFIED));

  private final String label;
  private final Set<VerificationState> accepted;

  TrustPolicy(String label, Set<VerificationState> accepted) {
    this.label = label;
    this.accepted = accepted;
  }

  /** The name it is chosen by. */
  public String label() {
    return label;
  }

  /** Whether a device in this state may be written to and believed. */
  public boolean accepts(VerificationState state) {
    return accepted.contains(state);
  }

  /**
   * Finds a policy by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static TrustPolicy named(String label) {
    for (TrustPolicy policy : values()) {
      if (policy.label.equals(label)) {
        return policy;
      }
    }
    throw new IllegalArgumentException(
        "trust policy: want all, cross-signed or verified, got " + label);
  }
}
