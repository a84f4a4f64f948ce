package io.matrixrtc.e2ee;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Decides whether a room needs a new key before its next event, and why. */
final class OutboundRotation {
  private final String ownUser;
  private final DeviceDirectory directory;
  private final SendPolicy policy;
  private final TrustPolicy trust;

  OutboundRotation(
      String ownUser, DeviceDirectory directory, SendPolicy policy, TrustPolicy trust) {
    this.ownUser = ownUser;
    this.directory = directory;
    this.policy = policy;
    this.trust = trust;
  }

  /** Why {@code session} must not encrypt the next event; empty if it may. */
  Optional<RotationCause> cause(
      OutboundRoomSession session, RoomSettings settings, RoomMembers members, Instant now)
      throws CryptoStoreException {
    if (session.isDiscarded()) {
      return Optional.of(RotationCause.DISCARDED);
    }
    if (session.messages() >= settings.rotationMessages()) {
      return Optional.of(RotationCause.MESSAGES); // ROTATE-COUNT
    }
    if (settings.isTooOld(session.createdAt(), now)) {
      return Optional.of(RotationCause.AGE); // ROTATE-TIME
    }
    if (session.visibility() != members.visibility()) {
      return Optional.of(RotationCause.VISIBILITY); // ROTATE-VISIBILITY
    }
    if (session.policy() != trust) {
      return Optional.of(RotationCause.POLICY); // ROTATE-POLICY
    }
    return excluded(session, members.readers());
  }

  /** Whether somebody who may have the key must not read on. Who was told no had nothing. */
  private Optional<RotationCause> excluded(OutboundRoomSession session, Set<String> readers)
      throws CryptoStoreException {
    Set<UserDevice> holders = new LinkedHashSet<>(session.bundled()); // ROTATE-BUNDLE
    session
        .shares()
        .forEach(
            (device, share) -> {
              if (share.mayHaveKey()) {
                holders.add(device);
              }
            });
    for (UserDevice address : holders) {
      if (!readers.contains(address.userId()) && !address.userId().equals(ownUser)) {
        return Optional.of(RotationCause.MEMBER_LEFT); // ROTATE-LEAVE
      }
      Optional<Device> device = directory.find(address);
      if (device.isEmpty() || isRefused(device.get())) {
        return Optional.of(RotationCause.DEVICE_EXCLUDED); // ROTATE-DEVICE
      }
    }
    return Optional.empty();
  }

  private boolean isRefused(Device device) throws CryptoStoreException {
    EncryptionOutcome refusal = policy.refusal(device).orElse(null);
    return refusal instanceof EncryptionOutcome.Blocked
        || refusal instanceof EncryptionOutcome.UntrustedByPolicy;
  }
}
