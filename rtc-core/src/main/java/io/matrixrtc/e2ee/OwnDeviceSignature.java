package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.Ed25519PublicKey;
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
  private final FailureBackoff<Ed25519PublicKey> tries = new FailureBackoff<>(); // by signer

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
    Optional<Ed25519KeyPair> signer = own.key(Usage.SELF_SIGNING);
    if (signer.isPresent() && isThere()) {
      tries.succeeded(signer.get().publicKey());
    }
  }

  void advance(Instant now) throws CryptoStoreException {
    Optional<Ed25519KeyPair> signer = own.key(Usage.SELF_SIGNING);
    if (signer.isPresent()
        && directory.find(address).isPresent()
        && !isThere()
        && !signatures.wanted().contains(SignatureTarget.device(address))
        && !tries.isWaiting(signer.get().publicKey(), now)) {
      signatures.want(SignatureTarget.device(address));
      tries.failed(signer.get().publicKey(), now); // unless the homeserver shows it
    }
  }

  Optional<Instant> nextDeadline(Instant now) {
    return tries.nextEnd(now);
  }
}
