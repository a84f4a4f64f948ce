package io.matrixrtc.e2ee;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Counts what would be lost with another identity of our own user (XS-RESET). */
final class ResetAccount {
  private final UserDevice device;
  private final OwnIdentity own;
  private final Identities identities;
  private final DeviceDirectory directory;

  ResetAccount(
      UserDevice device, OwnIdentity own, Identities identities, DeviceDirectory directory) {
    this.device = device;
    this.own = own;
    this.identities = identities;
    this.directory = directory;
  }

  IdentityReset count() throws CryptoStoreException {
    Optional<UserIdentity> present = own.identity();
    if (present.isEmpty()) {
      return new IdentityReset(Optional.empty(), Set.of(), Set.of(), Set.of(), Set.of(), false);
    }
    Set<String> signed = new TreeSet<>();
    Set<String> unverified = new TreeSet<>();
    for (UserIdentity other : identities.all()) {
      if (!other.userId().equals(own.userId()) && identities.isSignedByOurs(other)) {
        signed.add(other.userId());
        if (!other.isCompared() && identities.stateOf(other) == IdentityState.VERIFIED) {
          unverified.add(other.userId());
        }
      }
    }
    Set<UserDevice> devices = new TreeSet<>();
    for (Device ours : directory.of(own.userId())) {
      if (!ours.address().equals(device) && identities.isCrossSigned(ours.keys(), present.get())) {
        devices.add(ours.address());
      }
    }
    return new IdentityReset(
        Optional.of(present.get().master().key()),
        signed,
        unverified,
        devices,
        EnumSet.complementOf(EnumSet.of(SecretName.BACKUP)),
        true);
  }
}
