package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Optional;

/**
 * Finds the device that owns a room key: the one whose identity key the Olm session had that
 * brought it, and whose Ed25519 key was claimed there. A key that came another way has no known
 * owner (ROOM-OWNER).
 */
final class RoomKeyOwners {
  private final DeviceDirectory directory;
  private final Identities identities;
  private final DeviceVerification verification;

  RoomKeyOwners(DeviceDirectory directory, Identities identities, DeviceVerification verification) {
    this.directory = directory;
    this.identities = identities;
    this.verification = verification;
  }

  /** The known device with the key's identity key has another Ed25519 key than was claimed. */
  static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;

    Mismatch() {
      super("the sender's device does not own the room key", null, false, false);
    }
  }

  /** The known device of {@code userId} that owns the key. */
  Optional<Device> find(RoomKeyInfo key, String userId) throws CryptoStoreException, Mismatch {
    if (key.source() != RoomKeySource.DIRECT) {
      return Optional.empty();
    }
    Optional<Device> device = directory.find(userId, key.senderKey());
    if (device.isPresent() && !isClaimed(key, device.get().keys().ed25519())) {
      throw new Mismatch(); // ROOM-OWNER
    }
    return device;
  }

  private static boolean isClaimed(RoomKeyInfo key, Ed25519PublicKey ed25519) {
    return key.claimedKey().filter(ed25519::equals).isPresent();
  }

  /** What the owner's keys say, for keys that own the room key. */
  SenderData judge(SignedDeviceKeys owner) throws CryptoStoreException {
    VerificationState state = verification.stateOf(owner);
    Optional<UserIdentity> identity =
        state == VerificationState.UNSIGNED_DEVICE
            ? Optional.empty()
            : identities.find(owner.userId());
    return new SenderData(
        state,
        Optional.of(new UserDevice(owner.userId(), owner.deviceId())),
        identity.map(found -> found.master().key()));
  }
}
