package io.matrixrtc.keys;

import io.matrixrtc.keys.SenderEvidence.Trust;

/** How far a device must be trusted before its keys count. */
public enum TrustRequirement {
  /** Any device that names itself by its keys. Shown wherever it is chosen. */
  ALL("all", Trust.KNOWN),
  /** Devices that their owner has signed (MSC4153). The default. */
  CROSS_SIGNED("cross-signed", Trust.CROSS_SIGNED),
  /** Devices, or owners, that were verified by us. */
  VERIFIED("verified", Trust.VERIFIED);

  private final String label;
  private final Trust least;

  TrustRequirement(String label, Trust least) {
    this.label = label;
    this.least = least;
  }

  /** The name it is chosen by. */
  public String label() {
    return label;
  }

  /** Whether a device of this trust meets the requirement. */
  public boolean isMetBy(Trust trust) {
    return trust.compareTo(least) >= 0;
  }

  /**
   * Finds a requirement by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static TrustRequirement named(String label) {
    for (TrustRequirement requirement : values()) {
      if (requirement.label.equals(label)) {
        return requirement;
      }
    }
    throw new IllegalArgumentException(
        "trust requirement: want all, cross-signed or verified, got " + label);
  }
}
