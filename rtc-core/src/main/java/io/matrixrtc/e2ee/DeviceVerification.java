package io.matrixrtc.e2ee;

import java.util.Optional;

/** Judges how sure it is that a device belongs to the user it names. */
final class DeviceVerification {
  private final Identities identities;

  DeviceVerification(Identities identities) {
    this.identities = identities;
  }

  /** The state of {@code device}, which need not be stored. What our user decided comes first. */
  VerificationState stateOf(Device device) throws CryptoStoreException {
    return device.localTrust() == LocalTrust.VERIFIED
        ? VerificationState.VERIFIED
        : stateOf(device.keys());
  }

  /** The state that the keys alone give, by the identity that signed them (XS-DEVICE). */
  VerificationState stateOf(SignedDeviceKeys keys) throws CryptoStoreException {
    Optional<UserIdentity> owner = identities.find(keys.userId());
    if (owner.isEmpty() || !identities.isCrossSigned(keys, owner.get())) {
      return VerificationState.UNSIGNED_DEVICE;
    }
    return switch (identities.stateOf(owner.get())) {
      case VERIFIED -> VerificationState.VERIFIED;
      case VERIFICATION_VIOLATION -> VerificationState.VERIFICATION_VIOLATION;
      case UNVERIFIED, PIN_VIOLATION -> VerificationState.UNVERIFIED_IDENTITY;
    };
  }
}
