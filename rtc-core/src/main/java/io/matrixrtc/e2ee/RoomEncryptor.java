package io.matrixrtc.e2ee;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Encrypts events for rooms, those of one room one after another: waits for outdated device lists,
 * makes a new key if one is due, waits until the key has gone out (SHARE-WAIT), encrypts.
 */
final class RoomEncryptor {
  private final OwnDevice own;
  private final EncryptedRoomList rooms;
  private final OutboundRoomSessions sessions;
  private final OutboundRotation rotation;
  private final RoomKeySharing sharing;
  private final RoomKeys roomKeys;
  private final DeviceTracker tracker;
  private final Deliveries deliveries;
  private final TrustPolicy trust;
  private final RandomSource random;
  private final SealedEventListener listener;
  private final Map<String, Deque<PendingRoomEvent>> queues = new LinkedHashMap<>();
  private final List<CompletedRoomEvent> completed = new ArrayList<>(); // not written yet
  private final List<CompletedRoomEvent> stored = new ArrayList<>();
  private boolean offered;

  RoomEncryptor(
      OwnDevice own,
      EncryptedRoomList rooms,
      OutboundRoomSessions sessions,
      OutboundRotation rotation,
      RoomKeySharing sharing,
      RoomKeys roomKeys,
      DeviceTracker tracker,
      Deliveries deliveries,
      TrustPolicy trust,
      RandomSource random,
      SealedEventListener listener) {
    this.own = own;
    this.rooms = rooms;
    this.sessions = sessions;
    this.rotation = rotation;
    this.sharing = sharing;
    this.roomKeys = roomKeys;
    this.tracker = tracker;
    this.deliveries = deliveries;
    this.trust = trust;
    this.random = random;
    this.listener = listener;
  }

  void start(PendingRoomEvent event) {
    event.members().readers().forEach(tracker::follow);
    queues.computeIfAbsent(event.roomId(), room -> new ArrayDeque<>()).add(event);
  }

  /** Does what can be done now; returns whether that gave the deliveries something to do. */
  boolean advance(Instant now) throws CryptoStoreException {
    offered = false;
    for (Deque<PendingRoomEvent> queue : List.copyOf(queues.values())) {
      takeShared(queue);
      while (!queue.isEmpty() && step(queue.peek(), now)) {
        queue.remove();
      }
    }
    queues.values().removeIf(Deque::isEmpty);
    return offered;
  }

  private void takeShared(Deque<PendingRoomEvent> queue) throws CryptoStoreException {
    PendingRoomEvent event = queue.peek();
    if (event == null || event.sharing().isEmpty()) {
      return;
    }
    for (CompletedDelivery ended : deliveries.takeCompletedOwn(Set.of(event.sharing().get()))) {
      event.shared();
      Optional<OutboundRoomSession> session = sessions.find(event.roomId());
      if (session.isPresent()) {
        sharing.end(session.get(), event, ended.outcomes());
      }
    }
  }

  /** Returns whether the event is done with. */
  private boolean step(PendingRoomEvent event, Instant now) throws CryptoStoreException {
    if (event.sharing().isPresent() || isListAwaited(event, now)) {
      return false;
    }
    Optional<RoomSettings> settings = rooms.find(event.roomId());
    if (settings.isEmpty()) {
      finish(event, new RoomEncryptionOutcome.RoomNotEncrypted());
      return true;
    }
    OutboundRoomSession session = session(event, settings.get(), now);
    if (sharing.begin(session, event, now)) {
      offered = true;
      return false;
    }
    finish(event, encrypt(session, event));
    return true;
  }

  /** Whether a reader's device list is outdated and an answer may still come (SEND-FRESH). */
  private boolean isListAwaited(PendingRoomEvent event, Instant now) {
    return now.isBefore(event.startedAt().plus(Deliveries.LIST_WAIT))
        && (tracker.isRefreshing(own.address().userId(), now)
            || event.members().readers().stream().anyMatch(u -> tracker.isRefreshing(u, now)));
  }

  private OutboundRoomSession session(PendingRoomEvent event, RoomSettings settings, Instant now)
      throws CryptoStoreException {
    Optional<OutboundRoomSession> session = sessions.find(event.roomId());
    Optional<RotationCause> cause =
        session.isEmpty()
            ? Optional.of(RotationCause.FIRST)
            : rotation.cause(session.get(), settings, event.members(), now);
    if (session.isPresent() && cause.isEmpty()) {
      return session.get();
    }
    event.rotated(cause.orElseThrow());
    OutboundRoomSession fresh =
        new OutboundRoomSession(
            event.roomId(),
            GroupSession.generate(SessionConfig.V1, random),
            now,
            event.members().visibility(),
            trust,
            0,
            false);
    sessions.replace(fresh);
    keepOwnCopy(fresh);
    return fresh;
  }

  /** We read our own events, and give them to our other devices (ROOM-OWN). */
  private void keepOwnCopy(OutboundRoomSession session) throws CryptoStoreException {
    try (SessionKey key = session.ratchet().sessionKey()) {
      RoomKeyInfo info =
          new RoomKeyInfo(
              session.id(),
              own.identityKeys().curve25519(),
              Optional.of(own.identityKeys().ed25519()),
              RoomKeySource.DIRECT,
              new SenderData(
                  VerificationState.VERIFIED, Optional.of(own.address()), Optional.empty()),
              session.visibility().isShared(),
              key.index());
      roomKeys.merge(new RoomKey(info, InboundGroupSession.fromSessionKey(key, SessionConfig.V1)));
    }
  }

  private RoomEncryptionOutcome encrypt(OutboundRoomSession session, PendingRoomEvent event) {
    ObjectNode payload = Json.newObject().put("type", event.type());
    payload.set("content", event.content());
    payload.put("room_id", event.roomId());
    long index = session.ratchet().messageIndex();
    byte[] plaintext = bytes(payload);
    String ciphertext = Base64Text.encode(session.ratchet().encrypt(plaintext).encode());
    Arrays.fill(plaintext, (byte) 0);
    session.countMessage();
    sessions.write(session);
    ObjectNode content =
        Json.newObject()
            .put("algorithm", OwnDevice.MEGOLM_ALGORITHM)
            .put("sender_key", own.identityKeys().curve25519().toBase64())
            .put("device_id", own.address().deviceId())
            .put("session_id", session.id().sessionId())
            .put("ciphertext", ciphertext);
    JsonNode relation = event.content().path(RoomEventDecryptor.RELATES_TO);
    if (!relation.isMissingNode()) {
      content.set(RoomEventDecryptor.RELATES_TO, relation.deepCopy()); // ROOM-RELATES
    }
    listener.onSealed(event.type(), event.content(), content);
    return new RoomEncryptionOutcome.Encrypted(
        content, session.id(), index, event.rotation(), event.results());
  }

  private static byte[] bytes(ObjectNode payload) {
    try {
      return Json.mapper().writeValueAsBytes(payload);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("event content cannot be written as JSON", e);
    }
  }

  private void finish(PendingRoomEvent event, RoomEncryptionOutcome outcome) {
    completed.add(new CompletedRoomEvent(event.id(), event.roomId(), outcome));
  }

  /** Everything is in the store: what was encrypted may leave (ROOM-STORED). */
  void written() {
    stored.addAll(completed);
    completed.clear();
  }

  /** Returns what has ended since the last call, and is stored. */
  List<CompletedRoomEvent> takeCompleted() {
    List<CompletedRoomEvent> taken = List.copyOf(stored);
    stored.clear();
    return taken;
  }

  /** When a wait for device lists ends, if an event waits for one. */
  Optional<Instant> nextDeadline(Instant now) {
    return queues.values().stream()
        .map(Deque::peek)
        .filter(event -> event != null && event.sharing().isEmpty())
        .map(event -> event.startedAt().plus(Deliveries.LIST_WAIT))
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }
}
