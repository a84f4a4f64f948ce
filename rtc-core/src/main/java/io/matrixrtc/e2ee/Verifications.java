package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Draws the consequences of a verification: all of its keys must be the known ones, or nothing
 * happens (XS-VERIFY).
 */
final class Verifications {
  private static final String KEY_PREFIX = "ed25519:";

  private final OwnIdentity own;
  private final Identities identities;
  private final DeviceDirectory directory;
  private final UserDecisions decisions;
  private final SignatureUploads signatures;

  Verifications(
      OwnIdentity own,
      Identities identities,
      DeviceDirectory directory,
      UserDecisions decisions,
      SignatureUploads signatures) {
    this.own = own;
    this.identities = identities;
    this.directory = directory;
    this.decisions = decisions;
    this.signatures = signatures;
  }

  VerificationOutcome conclude(Verification verification) throws CryptoStoreException {
    if (verification.keys().isEmpty()) {
      return new VerificationOutcome.Unknown("");
    }
    for (Map.Entry<String, Ed25519PublicKey> key : verification.keys().entrySet()) {
      Optional<Ed25519PublicKey> known = known(verification.userId(), key);
      if (known.isEmpty()) {
        return new VerificationOutcome.Unknown(key.getKey());
      } else if (!known.get().equals(key.getValue())) {
        return new VerificationOutcome.OtherKey(key.getKey());
      }
    }
    Set<SignatureTarget> signed = new LinkedHashSet<>();
    for (Map.Entry<String, Ed25519PublicKey> key : verification.keys().entrySet()) {
      Optional<SignatureTarget> target =
          isMaster(key)
              ? verifyUser(verification.userId(), key.getValue())
              : verifyDevice(new UserDevice(verification.userId(), idOf(key)));
      target.ifPresent(signed::add);
    }
    signed.forEach(signatures::want);
    return new VerificationOutcome.Verified(signed);
  }

  private static String idOf(Map.Entry<String, Ed25519PublicKey> key) {
    String id = key.getKey();
    return id.startsWith(KEY_PREFIX) ? id.substring(KEY_PREFIX.length()) : "";
  }

  /** A master key is its own id; no device is called like a key that it has. */
  private static boolean isMaster(Map.Entry<String, Ed25519PublicKey> key) {
    return idOf(key).equals(key.getValue().toBase64());
  }

  private Optional<Ed25519PublicKey> known(String userId, Map.Entry<String, Ed25519PublicKey> key)
      throws CryptoStoreException {
    if (isMaster(key)) {
      return identities.find(userId).map(identity -> identity.master().key());
    }
    return idOf(key).isEmpty()
        ? Optional.empty()
        : directory.find(new UserDevice(userId, idOf(key))).map(device -> device.keys().ed25519());
  }

  /** Signs a device of our own user (XS-SIGN); others' devices are marked here only. */
  private Optional<SignatureTarget> verifyDevice(UserDevice address) throws CryptoStoreException {
    decisions.setLocalTrust(address, LocalTrust.VERIFIED);
    Optional<UserIdentity> identity = own.identity();
    Optional<Device> device = directory.find(address);
    boolean signs =
        address.userId().equals(own.userId())
            && own.key(Usage.SELF_SIGNING).isPresent()
            && identity.isPresent()
            && device.isPresent()
            && !identities.isCrossSigned(device.get().keys(), identity.get());
    return signs ? Optional.of(SignatureTarget.device(address)) : Optional.empty();
  }

  private Optional<SignatureTarget> verifyUser(String userId, Ed25519PublicKey master)
      throws CryptoStoreException {
    decisions.verify(userId, master);
    boolean signs =
        !userId.equals(own.userId())
            && own.key(Usage.USER_SIGNING).isPresent()
            && !identities.isSignedByOurs(identities.find(userId).orElseThrow());
    return signs ? Optional.of(SignatureTarget.master(userId, master)) : Optional.empty();
  }
}
