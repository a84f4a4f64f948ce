package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutboundRoomSession.Share;
import io.matrixrtc.e2ee.OutboundRoomSession.Share.State;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.SessionKey;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives a room's key to the devices of its readers that have not got it, our own other devices
 * included, and tells those that must not have it. Everybody is given the key from the present
 * index on (SHARE-INDEX).
 */
final class RoomKeySharing {
  private final UserDevice own;
  private final DeviceDirectory directory;
  private final SendPolicy policy;
  private final OutboundRoomSessions sessions;
  private final OlmRestarts restarts;
  private final WithheldNotices notices;
  private final Deliveries deliveries;

  RoomKeySharing(
      UserDevice own,
      DeviceDirectory directory,
      SendPolicy policy,
      OutboundRoomSessions sessions,
      OlmRestarts restarts,
      WithheldNotices notices,
      Deliveries deliveries) {
    this.own = own;
    this.directory = directory;
    this.policy = policy;
    this.sessions = sessions;
    this.restarts = restarts;
    this.notices = notices;
    this.deliveries = deliveries;
  }

  /**
   * Begins to serve the devices that lack the key, but for those that {@code event} has tried.
   *
   * @return whether there are any; else the event may be encrypted
   */
  boolean begin(OutboundRoomSession session, PendingRoomEvent event, Instant now)
      throws CryptoStoreException {
    Set<UserDevice> targets = new LinkedHashSet<>();
    for (Device device : devices(event.members())) {
      UserDevice address = device.address();
      Optional<EncryptionOutcome> refusal = policy.refusal(device);
      Share share = session.shares().get(address);
      if (refusal.isPresent()) {
        withhold(session, event, address, refusal.get());
      } else if (needsKey(share, address)) {
        if (!event.tried().containsKey(address)) {
          targets.add(address);
        }
      } else if (share != null) {
        event.results().put(address, new RoomKeyShare.Served(share.index()));
      }
    }
    if (targets.isEmpty()) {
      return false;
    }
    offer(session, event, targets, now);
    return true;
  }

  private Set<Device> devices(RoomMembers members) throws CryptoStoreException {
    Set<String> users = new TreeSet<>(members.readers());
    users.add(own.userId());
    Set<Device> devices = new LinkedHashSet<>();
    for (String user : users) {
      for (Device device : directory.of(user)) {
        if (!device.address().equals(own)) {
          devices.add(device);
        }
      }
    }
    return devices;
  }

  private boolean needsKey(@Nullable Share share, UserDevice device) throws CryptoStoreException {
    return share == null
        || share.state() != State.SERVED
        || restarts.of(device) > share.restarts(); // SHARE-AGAIN
  }

  private void offer(
      OutboundRoomSession session, PendingRoomEvent event, Set<UserDevice> targets, Instant now)
      throws CryptoStoreException {
    long index = session.ratchet().messageIndex();
    event.sharing(
        deliveries.startOwn(RoomKeyEvents.ROOM_KEY, roomKey(session), targets, now, policy));
    for (UserDevice target : targets) {
      Optional<Share> before = Optional.ofNullable(session.shares().get(target));
      event.tried().put(target, before);
      long from = before.filter(Share::mayHaveKey).map(Share::index).orElse(index);
      sessions.put( // SHARE-OFFERED: in the transaction that lets the key out
          session, target, new Share(State.OFFERED, from, restarts.of(target), Optional.empty()));
    }
  }

  /** The key, from the present index on, with both names of the flag that all readers know. */
  private static ObjectNode roomKey(OutboundRoomSession session) {
    boolean shared = session.visibility().isShared(); // SHARE-HISTORY
    try (SessionKey key = session.ratchet().sessionKey()) {
      return Json.newObject()
          .put("algorithm", OwnDevice.MEGOLM_ALGORITHM)
          .put("room_id", session.roomId())
          .put("session_id", key.sessionId())
          .put("session_key", key.toBase64())
          .put("chain_index", key.index())
          .put("shared_history", shared)
          .put("org.matrix.msc3061.shared_history", shared);
    }
  }

  /** Takes what became of the keys that {@code event} waited for. */
  void end(
      OutboundRoomSession session,
      PendingRoomEvent event,
      Map<UserDevice, DeliveryOutcome> outcomes)
      throws CryptoStoreException {
    for (Map.Entry<UserDevice, DeliveryOutcome> outcome : outcomes.entrySet()) {
      UserDevice device = outcome.getKey();
      Share offered = session.shares().get(device);
      if (offered == null) {
        continue;
      }
      if (outcome.getValue() instanceof DeliveryOutcome.Sent) {
        sessions.put(
            session,
            device,
            new Share(State.SERVED, offered.index(), offered.restarts(), Optional.empty()));
        restarts.onServed(device);
        event.results().put(device, new RoomKeyShare.Served(offered.index()));
      } else if (outcome.getValue() instanceof DeliveryOutcome.NotEncrypted not) {
        takeBack(session, event, device);
        if (!withhold(session, event, device, not.why())) {
          event.results().put(device, new RoomKeyShare.NotReached(not));
        }
      } else { // it may have got there: it stays offered, and is tried again
        event.results().put(device, new RoomKeyShare.NotReached(outcome.getValue()));
      }
    }
  }

  /** Nothing left for the device this time: it has what it had. */
  private void takeBack(OutboundRoomSession session, PendingRoomEvent event, UserDevice device) {
    Optional<Share> before = event.tried().getOrDefault(device, Optional.empty());
    if (before.isPresent()) {
      sessions.put(session, device, before.get());
    } else {
      sessions.remove(session, device);
    }
  }

  /** Keeps the key from a device, and says so once; returns whether that is what is to be done. */
  private boolean withhold(
      OutboundRoomSession session, PendingRoomEvent event, UserDevice device, EncryptionOutcome why)
      throws CryptoStoreException {
    Optional<WithheldCode> code = codeOf(why);
    if (code.isEmpty()) {
      return false;
    }
    event.results().put(device, new RoomKeyShare.Withheld(code.get(), why));
    Share share = session.shares().get(device);
    if (share == null || (!share.mayHaveKey() && !share.code().equals(code))) {
      sessions.put(
          session,
          device,
          new Share(State.WITHHELD, session.ratchet().messageIndex(), 0, code)); // WITHHELD-ONCE
      if (code.get() != WithheldCode.NO_OLM || restarts.tellNoOlmOnce(device)) {
        notices.tell(device, session.id(), code.get());
      }
    }
    return true;
  }

  /** What a device is told; empty if it is tried again instead (WITHHELD-CODE). */
  private static Optional<WithheldCode> codeOf(EncryptionOutcome why) {
    if (why instanceof EncryptionOutcome.Blocked) {
      return Optional.of(WithheldCode.BLACKLISTED);
    } else if (why instanceof EncryptionOutcome.UntrustedByPolicy) {
      return Optional.of(WithheldCode.UNVERIFIED);
    } else if (why instanceof EncryptionOutcome.NoOneTimeKeys
        || why instanceof EncryptionOutcome.BadOneTimeKey
        || why instanceof EncryptionOutcome.NoOlmSupport
        || why instanceof EncryptionOutcome.SessionUnusable) {
      return Optional.of(WithheldCode.NO_OLM);
    }
    return Optional.empty();
  }
}
