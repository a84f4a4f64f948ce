package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * Takes an answer to {@code /keys/query}: devices, then identities, then what follows from both for
 * the room keys that are held and for our own keys.
 */
final class KeysQueryAnswer {
  private final OwnDevice own;
  private final DeviceDirectory directory;
  private final Identities identities;
  private final RoomSenders roomSenders;
  private final StrangerSessions strangers;
  private final DeviceListAnswer deviceLists;
  private final IdentityListAnswer identityLists;

  KeysQueryAnswer(
      OwnDevice own,
      DeviceDirectory directory,
      Identities identities,
      RoomSenders roomSenders,
      StrangerSessions strangers) {
    this.own = own;
    this.directory = directory;
    this.identities = identities;
    this.roomSenders = roomSenders;
    this.strangers = strangers;
    this.deviceLists = new DeviceListAnswer(own, directory);
    this.identityLists = new IdentityListAnswer(own, identities);
  }

  /** Takes what concerns {@code askedFor}; whatever else the server sent is ignored. */
  void take(ObjectNode answer, Set<String> askedFor) throws CryptoStoreException {
    deviceLists.take(answer, askedFor);
    identityLists.take(answer, askedFor);
    for (Device device : directory.takeListed()) {
      roomSenders.onDeviceListed(device); // ROOM-SENDER
      device.keys().curve25519().ifPresent(strangers::onKnown);
    }
    for (SenderKey former : directory.takeUnlisted()) {
      strangers.onUnlisted(former);
    }
    refreshOwnKeys();
  }

  /** Our device keys go along as our own identity has signed them, if it has (TD-SIGNED). */
  void refreshOwnKeys() throws CryptoStoreException {
    Optional<Device> listed = directory.find(own.address());
    Optional<UserIdentity> identity = identities.find(own.address().userId());
    if (listed.isPresent() && identity.isPresent()) {
      own.onListed(listed.get().keys(), identity.get().selfSigning());
    }
  }
}
