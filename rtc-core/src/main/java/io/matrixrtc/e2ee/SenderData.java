package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Optional;

/**
 * What is known of the device that owns a room key.
 *
 * @param state how sure it is that the device belongs to its user, by cross-signing alone; {@link
 *     VerificationState#NO_DEVICE} if the device is not known
 * @param device the device, if it is known
 * @param master the owner's master key that vouched for the device, if it is cross-signed
 */
public record SenderData(
    VerificationState state, Optional<UserDevice> device, Optional<Ed25519PublicKey> master) {

  /** Nothing is known. */
  static SenderData unknown() {
    return new SenderData(VerificationState.NO_DEVICE, Optional.empty(), Optional.empty());
  }

  /** Whether this vouches better for the owner than {@code other}. */
  boolean isStrongerThan(SenderData other) {
    return strength() > other.strength();
  }

  /** Whether knowing more of devices and identities by now can make it stronger (ROOM-SENDER). */
  boolean mayImprove() {
    return state != VerificationState.VERIFIED;
  }

  /**
   * Whether {@code later} is to be kept instead: it is stronger and, once the owner is
   * cross-signed, about the same device.
   */
  boolean isImprovedBy(SenderData later) {
    return later.isStrongerThan(this)
        && (state != VerificationState.UNVERIFIED_IDENTITY || later.device().equals(device));
  }

  private int strength() {
    return switch (state) {
      case NO_DEVICE, INSECURE_SOURCE, MISMATCHED_SENDER -> 0;
      case UNSIGNED_DEVICE -> 1;
      case VERIFICATION_VIOLATION -> 2;
      case UNVERIFIED_IDENTITY -> 3;
      case VERIFIED -> 4;
    };
  }
}
