package io.matrixrtc.e2ee;

import java.util.Optional;

/**
 * Judges who sent an event of a room: the owner of its room key, who must be the user that the
 * event names. What is known of the owner is looked up again as long as it may improve, and the
 * better is kept (ROOM-SENDER).
 */
final class RoomSenders {
  private final RoomKeys roomKeys;
  private final RoomKeyOwners owners;

  RoomSenders(RoomKeys roomKeys, RoomKeyOwners owners) {
    this.roomKeys = roomKeys;
    this.owners = owners;
  }

  /** Whether an event with this key would be trusted enough. */
  boolean isTrusted(RoomKey key, String eventSender, TrustPolicy policy)
      throws CryptoStoreException {
    try {
      judge(key, eventSender, policy);
      return true;
    } catch (RoomEventDecryptor.Refused e) {
      return false;
    }
  }

  /** Returns who sent the event, if that is trusted enough (ROOM-TRUST). */
  EncryptionInfo judge(RoomKey key, String eventSender, TrustPolicy policy)
      throws CryptoStoreException, RoomEventDecryptor.Refused {
    Optional<Device> device;
    SenderData sender;
    try {
      device = owners.find(key.info(), eventSender);
      sender = improved(key, device);
    } catch (RoomKeyOwners.Mismatch e) {
      throw new RoomEventDecryptor.Refused(new RoomDecryptionFailure.OwnerMismatch());
    }
    VerificationState state = state(key.info(), sender, eventSender);
    Optional<LocalTrust> decided = device.map(Device::localTrust);
    if (decided.equals(Optional.of(LocalTrust.VERIFIED))
        && state != VerificationState.MISMATCHED_SENDER) {
      state = VerificationState.VERIFIED;
    }
    if (decided.equals(Optional.of(LocalTrust.BLOCKED)) || !policy.accepts(state)) {
      throw new RoomEventDecryptor.Refused(new RoomDecryptionFailure.UntrustedSender(state));
    }
    boolean named =
        state != VerificationState.MISMATCHED_SENDER
            && state != VerificationState.NO_DEVICE
            && state != VerificationState.INSECURE_SOURCE;
    return new EncryptionInfo(
        eventSender,
        named
            ? device.map(Device::keys).map(SignedDeviceKeys::deviceId).or(() -> idOf(sender))
            : Optional.empty(),
        key.info().senderKey(),
        state);
  }

  private static Optional<String> idOf(SenderData sender) {
    return sender.device().map(UserDevice::deviceId);
  }

  /** Looks again at the room keys of {@code device}, whose listed keys are new or changed. */
  void onDeviceListed(Device device) throws CryptoStoreException {
    if (device.keys().curve25519().isEmpty()) {
      return;
    }
    for (RoomKeyInfo info : roomKeys.improvableOf(device.keys().curve25519().get())) {
      Optional<RoomKey> key = isOwner(device, info) ? roomKeys.find(info.id()) : Optional.empty();
      if (key.isPresent()) {
        improved(key.get(), Optional.of(device));
      }
    }
  }

  private boolean isOwner(Device device, RoomKeyInfo key) throws CryptoStoreException {
    try {
      return owners.find(key, device.keys().userId()).isPresent()
          && key.sender().isImprovedBy(owners.judge(device.keys()));
    } catch (RoomKeyOwners.Mismatch e) {
      return false; // the events will be refused
    }
  }

  private SenderData improved(RoomKey key, Optional<Device> device) throws CryptoStoreException {
    SenderData known = key.info().sender();
    if (device.isEmpty() || !known.mayImprove()) {
      return known;
    }
    SenderData now = owners.judge(device.get().keys());
    if (!known.isImprovedBy(now)) {
      return known;
    }
    roomKeys.improveSender(key, now);
    return now;
  }

  private static VerificationState state(RoomKeyInfo key, SenderData sender, String eventSender) {
    if (sender.device().isPresent() && !sender.device().get().userId().equals(eventSender)) {
      return VerificationState.MISMATCHED_SENDER; // ROOM-SPOOF
    }
    return sender.state() == VerificationState.NO_DEVICE && key.source() != RoomKeySource.DIRECT
        ? VerificationState.INSECURE_SOURCE
        : sender.state();
  }
}
