package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What our user decides about devices and identities. Each method says whether it is known. */
final class UserDecisions {
  private final DeviceDirectory directory;
  private final Identities identities;

  UserDecisions(DeviceDirectory directory, Identities identities) {
    this.directory = directory;
    this.identities = identities;
  }

  /** Decides about a device, also one that is listed no more (DEV-DECIDED). */
  boolean setLocalTrust(UserDevice device, LocalTrust trust) throws CryptoStoreException {
    Optional<Device> known = directory.pinned(device);
    if (known.isEmpty()) {
      return false;
    }
    Device decided = known.get().withLocalTrust(trust);
    if (directory.find(device).isPresent()) {
      directory.put(decided);
    } else {
      directory.putRemoved(decided);
    }
    return true;
  }

  /** Our user compared {@code master} with its owner's key; nothing happens if it is another. */
  boolean verify(String userId, Ed25519PublicKey master) throws CryptoStoreException {
    Optional<UserIdentity> known = identities.find(userId);
    if (known.isEmpty() || !known.get().master().key().equals(master)) {
      return false;
    }
    identities.put(known.get().withCompared());
    return true;
  }

  boolean pin(String userId) throws CryptoStoreException {
    return decide(userId, UserIdentity::withPinned);
  }

  boolean withdraw(String userId) throws CryptoStoreException {
    return decide(userId, UserIdentity::withdrawn);
  }

  private boolean decide(String userId, UnaryOperator<UserIdentity> decision)
      throws CryptoStoreException {
    Optional<UserIdentity> known = identities.find(userId);
    if (known.isPresent()) {
      identities.put(decision.apply(known.get()));
    }
    return known.isPresent();
  }
}
