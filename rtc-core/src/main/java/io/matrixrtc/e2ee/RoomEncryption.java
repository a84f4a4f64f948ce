package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.RandomSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Encryption of rooms: writes and reads events, gives keys to who may have them, asks for those
 * that are missing. Part of an {@link OlmMachine}, used like it, from one thread at a time; every
 * method writes what it changed before it returns, and requests come out of {@link
 * OlmMachine#outgoingRequests}.
 *
 * <p>Source: Matrix specification, end-to-end encryption, "m.megolm.v1.aes-sha2", "Key requests"
 * and "Reporting that decryption keys are withheld".
 */
public final class RoomEncryption {
  /** As many missing keys are remembered as told of. */
  static final int MAX_WANTED = 10_000;

  private final OutboundRoomSessions sessions;
  private final EncryptedRoomList rooms;
  private final RoomKeys roomKeys;
  private final RoomEncryptor encryptor;
  private final RoomEventDecryptor decryptor;
  private final RoomSenders senders;
  private final RoomKeyEvents events;
  private final RoomKeyMail mail;
  private final OlmRestarts restarts;
  private final WithheldNotices notices;
  private final RoomKeyRequests requests;
  private final RoomKeyForwards forwards;
  private final RoomKeyRequestLog log;
  private final RoomKeyArchive archive;
  private final RequestIds ids;
  private final TrustPolicy receiving;
  private final RoomKeyArchive.Commit commit;
  private final Set<RoomKeyId> wanted = new LinkedHashSet<>();
  private final Set<RoomKeyId> arrived = new LinkedHashSet<>();
  private final UntrustedRoomKeys untrusted = new UntrustedRoomKeys();
  private final KeyChangeLog keyChanges;
  private long judgedAt;
  private @Nullable MissingRoomKeys port;
  private boolean asksDevices = true;

  /** What of the machine this works with: its own device, store and settings. */
  record Core(
      OwnDevice own,
      CryptoStore store,
      RatchetSeal seal,
      UnitOfWork work,
      RequestIds ids,
      RandomSource random,
      OlmMachine.Settings trust) {}

  /** What of the machine this works with: the others. */
  record Peers(
      DeviceTracker tracker,
      DeviceDirectory directory,
      Identities identities,
      KeyChangeLog keyChanges,
      Deliveries deliveries) {}

  RoomEncryption(Core parts, Peers peers, RoomKeyArchive.Commit commit)
      throws CryptoStoreException {
    this.commit = commit;
    this.ids = parts.ids();
    this.keyChanges = peers.keyChanges();
    this.receiving = parts.trust().receiving();
    UserDevice address = parts.own().address();
    DeviceDirectory directory = peers.directory();
    DeviceVerification verification = new DeviceVerification(peers.identities());
    RoomRows rows = new RoomRows(parts.store(), parts.seal().rows(), parts.work());
    this.roomKeys = new RoomKeys(parts.store(), parts.seal(), parts.work());
    RoomKeyOwners owners = new RoomKeyOwners(directory, peers.identities(), verification);
    this.senders = new RoomSenders(roomKeys, owners);
    this.decryptor = new RoomEventDecryptor(parts.store(), roomKeys, senders, parts.work());
    this.restarts = new OlmRestarts(rows, directory);
    this.mail = new RoomKeyMail();
    this.events = new RoomKeyEvents(directory, roomKeys, owners, restarts, mail, parts.work());
    this.rooms = new EncryptedRoomList(rows);
    this.sessions = new OutboundRoomSessions(rows, parts.seal());
    this.notices = new WithheldNotices(parts.own(), ids);
    TrustPolicy sending = parts.trust().sending();
    SendPolicy policy = new SendPolicy(address, verification, sending);
    this.encryptor =
        new RoomEncryptor(
            parts.own(),
            rooms,
            sessions,
            new OutboundRotation(address.userId(), directory, policy, sending),
            new RoomKeySharing(
                address, directory, policy, sessions, restarts, notices, peers.deliveries()),
            roomKeys,
            peers.tracker(),
            peers.deliveries(),
            sending,
            parts.random(),
            parts.trust().sealed());
    this.log = new RoomKeyRequestLog(address);
    OwnVerifiedDevices devices = new OwnVerifiedDevices(address, directory, verification);
    this.requests = new RoomKeyRequests(address, devices, roomKeys, rows, ids, log);
    this.forwards =
        new RoomKeyForwards(
            address,
            devices,
            directory,
            peers.tracker(),
            peers.deliveries(),
            roomKeys,
            notices,
            log);
    this.archive = new RoomKeyArchive(parts.store(), parts.seal(), roomKeys, parts.work(), commit);
  }

  /**
   * Takes the content of a room's {@code m.room.encryption}. The first settings stay: whatever the
   * room's state says later, or no longer says, it is encrypted with them (ROOM-DOWNGRADE).
   */
  public RoomSettingsOutcome encryptionEnabled(String roomId, ObjectNode content)
      throws CryptoStoreException {
    RoomSettingsOutcome outcome = rooms.put(roomId, content);
    commit.run(RowChanges.none());
    return outcome;
  }

  /** The settings of an encrypted room; empty if it is not known to be one. */
  public Optional<RoomSettings> settings(String roomId) throws CryptoStoreException {
    return rooms.find(roomId);
  }

  /**
   * Begins to encrypt an event. Its room's key goes out first, to every device that may have it and
   * has not; then {@link #takeCompleted} gives the event. Events of one room end in their order. A
   * restart forgets events that have not ended.
   *
   * @param members who is in the room now
   * @param type the type inside the encryption
   * @return its id, which may serve as the transaction id of the event
   */
  public String encrypt(
      String roomId, RoomMembers members, String type, ObjectNode content, Instant now)
      throws CryptoStoreException {
    PendingRoomEvent event = new PendingRoomEvent(ids.next(), roomId, members, type, content, now);
    encryptor.start(event);
    commit.run(RowChanges.none());
    return event.id();
  }

  /** Returns the events that have ended since the last call; what they depend on is stored. */
  public List<CompletedRoomEvent> takeCompleted() {
    return encryptor.takeCompleted();
  }

  /** Makes the room's next event use a new key; returns whether there was one. */
  public boolean discardSession(String roomId) throws CryptoStoreException {
    Optional<OutboundRoomSession> session = sessions.find(roomId);
    if (session.isPresent()) {
      session.get().discard();
      sessions.write(session.get());
      commit.run(RowChanges.none());
    }
    return session.isPresent();
  }

  /**
   * Notes that devices are given all keys of a room in a bundle, and so the one that we write with
   * (ROTATE-BUNDLE). Call it when the keys were taken, before the bundle leaves.
   */
  public void bundled(String roomId, Collection<UserDevice> devices) throws CryptoStoreException {
    Optional<OutboundRoomSession> session = sessions.find(roomId);
    if (session.isPresent()) {
      devices.forEach(device -> sessions.putBundled(session.get(), device));
      commit.run(RowChanges.none());
    }
  }

  /** The key that we write the room's events with, and who has it; empty if there is none yet. */
  public Optional<RoomSessionStatus> outboundSession(String roomId) throws CryptoStoreException {
    return sessions.find(roomId).map(RoomSessionStatus::of);
  }

  /** As {@link #decrypt(String, ObjectNode, TrustPolicy)}, by the policy for receiving. */
  public RoomEventResult decrypt(String roomId, ObjectNode event) throws CryptoStoreException {
    return decrypt(roomId, event, receiving);
  }

  /**
   * Decrypts an {@code m.room.encrypted} event of a room. The same event may be decrypted again; a
   * copy under another event id is refused. A key that is missing is looked for.
   *
   * @param roomId the room that the event was found in, whatever it says itself
   * @param policy how far its sender must be trusted
   */
  public RoomEventResult decrypt(String roomId, ObjectNode event, TrustPolicy policy)
      throws CryptoStoreException {
    RoomEventResult result = read(roomId, event, policy);
    commit.run(RowChanges.none());
    return result;
  }

  /** As {@link #decrypt(String, ObjectNode)}, for many events of a room in one transaction. */
  public List<RoomEventResult> decryptAll(String roomId, List<ObjectNode> encrypted)
      throws CryptoStoreException {
    List<RoomEventResult> results = new ArrayList<>(encrypted.size());
    for (ObjectNode event : encrypted) {
      results.add(read(roomId, event, receiving));
    }
    commit.run(RowChanges.none());
    return results;
  }

  private RoomEventResult read(String roomId, ObjectNode event, TrustPolicy policy)
      throws CryptoStoreException {
    RoomEventResult result = decryptor.decrypt(roomId, event, policy);
    if (result instanceof RoomEventResult.UnableToDecrypt unable) {
      if (unable.failure() instanceof RoomDecryptionFailure.MissingRoomKey missing) {
        lookFor(missing.key());
      } else if (unable.failure() instanceof RoomDecryptionFailure.UnknownIndex later) {
        lookFor(later.key());
      } else if (unable.failure() instanceof RoomDecryptionFailure.UntrustedSender refused) {
        onUntrusted(roomId, event, refused.state(), policy);
      }
    }
    return result;
  }

  private void onUntrusted(
      String roomId, ObjectNode event, VerificationState state, TrustPolicy policy) {
    if (state != VerificationState.MISMATCHED_SENDER) { // which no trust makes good
      RoomKeyId key = new RoomKeyId(roomId, event.path("content").path("session_id").asText());
      untrusted.add(new UntrustedRoomKeys.Refusal(key, event.path("sender").asText(), policy));
    }
  }

  /** Looks at who is trusted more by now, if anything about trust has changed. */
  void judgeAgain() throws CryptoStoreException {
    long changes = keyChanges.count() + roomKeys.merges();
    if (changes != judgedAt) {
      judgedAt = changes;
      tell(untrusted.takeTrusted(this::isTrusted)); // ROOM-TRUST-LATER
    }
  }

  private boolean isTrusted(UntrustedRoomKeys.Refusal refusal) throws CryptoStoreException {
    Optional<RoomKey> key = roomKeys.find(refusal.key());
    return key.isPresent() && senders.isTrusted(key.get(), refusal.sender(), refusal.policy());
  }

  private void lookFor(RoomKeyId key) throws CryptoStoreException {
    if (!wanted.add(key)) {
      return; // REQUEST-ONCE
    }
    if (wanted.size() > MAX_WANTED) {
      wanted.remove(wanted.iterator().next());
    }
    if (port != null) {
      port.wanted(key);
    }
    if (asksDevices) {
      requests.ask(key);
    }
  }

  /** Sets who can find missing keys, besides our other devices. */
  public void missingKeys(MissingRoomKeys finder) {
    port = finder;
  }

  /** Whether our verified devices are asked for keys that are missing; they are unless told. */
  public void askOwnDevices(boolean asks) {
    asksDevices = asks;
  }

  /**
   * Asks our verified devices for a key. One that is asked for already is asked for anew.
   *
   * @return whether there is a device that can be asked
   */
  public boolean requestKey(RoomKeyId key) throws CryptoStoreException {
    requests.cancel(key); // REQUEST-CANCEL
    boolean asked = requests.ask(key);
    commit.run(RowChanges.none());
    return asked;
  }

  /** Asks no longer for a key. */
  public void cancelKeyRequest(RoomKeyId key) throws CryptoStoreException {
    requests.cancel(key);
    commit.run(RowChanges.none());
  }

  /** The keys that our devices are asked for. */
  public Set<RoomKeyId> openKeyRequests() {
    return requests.open();
  }

  /** Returns what happened to requests since the last call; at most the newest 1,000. */
  public List<RoomKeyRequestEvent> takeKeyRequestEvents() {
    return log.take();
  }

  /**
   * Returns the keys that are new, or read further back, since the last call; at most the newest
   * 10,000. Events that could not be read for want of one are worth another try. So are those that
   * were refused because their sender was trusted too little, when that has changed: their key is
   * among these then.
   */
  public Set<RoomKeyId> takeArrivedKeys() {
    collectArrived();
    Set<RoomKeyId> taken = Set.copyOf(arrived);
    arrived.clear();
    return taken;
  }

  private void collectArrived() {
    Set<RoomKeyId> fresh = roomKeys.takeArrived();
    wanted.removeAll(fresh);
    requests.onArrived(fresh); // REQUEST-CANCEL
    tell(fresh);
  }

  private void tell(Collection<RoomKeyId> readable) {
    arrived.addAll(readable);
    while (arrived.size() > RoomKeys.MAX_ARRIVED) {
      arrived.remove(arrived.iterator().next());
    }
  }

  /** All room keys, for backups and files. */
  public RoomKeyArchive keys() {
    return archive;
  }

  RoomKeyEvents events() {
    return events;
  }

  RoomSenders senders() {
    return senders;
  }

  /** Does what can be done now; returns whether that gave the deliveries something to do. */
  boolean advance(Instant now) throws CryptoStoreException {
    for (RoomKeyMail.Item item : mail.take()) {
      if (item.type().equals(RoomKeyMail.REQUEST)) {
        forwards.receive(item.sender(), item.content());
      } else if (item.info().isPresent()) {
        requests.receive(item.info().get(), item.content());
      }
    }
    collectArrived();
    judgeAgain();
    boolean forwarding = forwards.advance(now);
    return encryptor.advance(now) || forwarding;
  }

  List<OutgoingRequest> requests(Instant now) {
    return Stream.<OutgoingRequest>concat(
            notices.requests().stream(), requests.requests(now).stream())
        .toList();
  }

  boolean isUnderWay(String id) {
    return notices.isUnderWay(id) || requests.isUnderWay(id);
  }

  void onAnswer(String id) {
    notices.onEnd(id);
    requests.onAnswer(id);
  }

  void onFailure(String id, Instant now) {
    if (notices.isUnderWay(id)) {
      notices.onEnd(id);
    } else {
      requests.onFailure(now);
    }
  }

  Optional<Instant> nextDeadline(Instant now) {
    return Stream.of(encryptor.nextDeadline(now), requests.nextDeadline(now))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /** Everything is in the store. */
  void written() {
    restarts.written();
    encryptor.written();
    roomKeys.trim();
    decryptor.trim();
    sessions.trim();
    rooms.trim();
  }

  void close() {
    roomKeys.close();
    sessions.close();
  }
}
