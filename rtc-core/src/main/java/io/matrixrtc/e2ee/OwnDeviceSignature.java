package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import java.time.Instant;
import java.util.Optional;

/**
 * Sees to it that our own device is signed by our own identity, as soon as the self-signing key is
 * here (XS-SIGN-OWN). A homeserver that takes the signature and does not show it is given it again,
 * ever more seldom.
 */
final class OwnDeviceSignature {
  private final UserDevice address;
  private final OwnIdentity own;
  private final Identities identities;
  private final DeviceDirectory directory;
  private final SignatureUploads signatures;
  private final FailureBackoff<UserDevice> tries = new FailureBackoff<>();

  OwnDeviceSignature(
      UserDevice address,
      OwnIdentity own,
      Identities identities,
      DeviceDirectory directory,
      SignatureUploads signatures) {
    this.address = address;
    this.own = own;
    this.identities = identities;
    this.directory = directory;
    this.signatures = signatures;
  }

  boolean isThere() throws CryptoStoreException {
    Optional<Device> listed = directory.find(address);
    Optional<UserIdentity> identity = own.identity();
    return listed.isPresent()
        && identity.isPresent()
        && identities.isCrossSigned(listed.get().keys(), identity.get());
  }

  /** The homeserver has just shown our devices. */
  void onListed() throws CryptoStoreException {
    if (isThere()) {
      tries.succeeded(address);
    }
  }

  void advance(Instant now) throws CryptoStoreException {
    if (own.key(Usage.SELF_SIGNING).isPresent()
        && directory.find(address).isPresent()
        && !isThere()
        && !signatures.wanted().contains(SignatureTarget.device(address))
        && !tries.isWaiting(address, now)) {
      signatures.want(SignatureTarget.device(address));
      tries.failed(address, now); // unless the homeserver shows it
    }
  }

  Optional<Instant> nextDeadline(Instant now) {
    return tries.nextEnd(now);
  }
}
