package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.IdentityKeys;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The end-to-end encryption of one device. Does no I/O but to its store: told what a sync brought
 * and what became of its requests, it says what to send. All time comes in as {@code now}.
 *
 * <p>Every method writes what it changed before it returns, in one transaction; so nothing leaves
 * that depends on a state which a crash could take back. After a {@link CryptoStoreException}, or
 * any other exception, the machine must be closed and opened again from its store.
 *
 * <p>Not thread-safe: confine it to one serial executor.
 */
public final class OlmMachine implements AutoCloseable {
  private final OwnDevice own;
  private final CryptoStore store;
  private final RatchetSeal seal;
  private final UnitOfWork work;
  private final KeyUploads uploads;
  private final DeviceTracker tracker;
  private final DeviceDirectory directory;
  private final Identities identities;
  private final KeysQueryAnswer keysAnswer;
  private final UserDecisions decisions;
  private final SendPolicy sendPolicy;
  private final DeviceVerification verification;
  private final OlmSessions sessions;
  private final MessageHashes hashes;
  private final Inbox inbox;
  private final ToDeviceDecryptor decryptor;
  private final Deliveries deliveries;
  private final KeyChangeLog keyChanges;
  private final RoomEncryption rooms;
  private final CrossSigning crossSigning;
  private final MachineRequests requests;
  private boolean failed;

  /**
   * How a machine trusts.
   *
   * @param sending which devices are written to
   * @param receiving whose messages count
   * @param sealed told of what is encrypted
   */
  public record Settings(TrustPolicy sending, TrustPolicy receiving, SealedEventListener sealed) {
    /** Nobody is told of what is encrypted. */
    public Settings(TrustPolicy sending, TrustPolicy receiving) {
      this(sending, receiving, SealedEventListener.NONE);
    }

    /** Cross-signed devices in both directions (MSC4153). */
    public static Settings defaults() {
      return new Settings(TrustPolicy.CROSS_SIGNED, TrustPolicy.CROSS_SIGNED);
    }
  }

  private OlmMachine(
      OwnDevice own,
      Optional<StoredAccount> stored,
      Settings settings,
      CryptoStore store,
      RatchetSeal seal,
      RandomSource random)
      throws CryptoStoreException {
    this.own = own;
    this.store = store;
    this.seal = seal;
    this.work = new UnitOfWork();
    RequestIds ids = new RequestIds(random);
    this.uploads = new KeyUploads(own, work, ids, stored);
    this.tracker = new DeviceTracker(own.address(), work, ids, store.trackedUsers());
    this.keyChanges = new KeyChangeLog();
    this.directory = new DeviceDirectory(store, work, keyChanges);
    this.identities = new Identities(own.address().userId(), store, work, keyChanges);
    this.decisions = new UserDecisions(directory, identities);
    this.verification = new DeviceVerification(identities);
    this.sessions = new OlmSessions(store, seal, work);
    StrangerSessions strangers =
        new StrangerSessions(new RoomRows(store, seal.rows(), work), directory, sessions);
    SessionClaims claims = new SessionClaims(own, directory, sessions, ids);
    Unwedging unwedging = new Unwedging(directory, sessions, claims);
    this.hashes = new MessageHashes(store, work);
    PayloadChecks checks = new PayloadChecks(own, directory, verification, settings.receiving());
    this.inbox = new Inbox(store, seal.rows(), work);
    this.sendPolicy = new SendPolicy(own.address(), verification, settings.sending());
    this.deliveries =
        new Deliveries(
            tracker,
            directory,
            sessions,
            claims,
            sendPolicy,
            new ToDeviceEncryptor(own, sessions, strangers, ids, settings.sealed()),
            ids);
    this.rooms =
        new RoomEncryption(
            new RoomEncryption.Core(own, store, seal, work, ids, random, settings),
            new RoomEncryption.Peers(tracker, directory, identities, keyChanges, deliveries),
            this::commit);
    this.keysAnswer = new KeysQueryAnswer(own, directory, identities, rooms.senders(), strangers);
    this.decryptor =
        new ToDeviceDecryptor(
            own, sessions, strangers, hashes, checks, unwedging, rooms.events(), inbox, work);
    this.crossSigning =
        new CrossSigning(
            new CrossSigning.Parts(
                own,
                new OwnSecretRows(store, seal.rows(), work),
                ids,
                random,
                uploads,
                tracker,
                directory,
                identities,
                deliveries,
                decryptor.secrets()),
            this::finish);
    this.requests =
        new MachineRequests(
            new MachineRequests.Parts(
                uploads,
                tracker,
                keysAnswer,
                new OwnListing(own.address(), uploads, tracker, directory),
                claims,
                unwedging,
                deliveries),
            crossSigning,
            rooms);
  }

  /**
   * Opens the machine of {@code device}: from the store, or with new keys if the store is empty.
   *
   * @param store used until the machine is closed, which does not close it
   * @param key opens and seals stored states; used as long
   * @throws CryptoStoreException if the store fails, belongs to another device, or has another key
   */
  public static OlmMachine open(
      UserDevice device, Settings settings, CryptoStore store, StateKey key, RandomSource random)
      throws CryptoStoreException {
    RatchetSeal seal = new RatchetSeal(key, random);
    Optional<StoredAccount> stored = store.account();
    if (stored.isPresent() && !stored.get().device().equals(device)) {
      throw new CryptoStoreException.OtherDevice(stored.get().device(), device);
    }
    Account account =
        stored.isPresent() ? seal.openAccount(stored.get().account()) : Account.generate(random);
    OlmMachine machine =
        new OlmMachine(new OwnDevice(device, account), stored, settings, store, seal, random);
    if (stored.isEmpty()) {
      machine.work.accountChanged();
    }
    machine.keysAnswer.refreshOwnKeys();
    machine.commit();
    return machine;
  }

  /** The device whose machine this is. */
  public UserDevice device() {
    return own.address();
  }

  /** Whether the homeserver has its keys, so that others can write to it. */
  public boolean isPublished() {
    return uploads.published();
  }

  /** Its public identity keys. */
  public IdentityKeys identityKeys() {
    return own.identityKeys();
  }

  /** Returns its signed device keys, as published. */
  public ObjectNode deviceKeys() {
    return own.deviceKeys();
  }

  /** The token that the next sync starts from; empty before the first sync. */
  public Optional<String> syncToken() throws CryptoStoreException {
    return store.syncToken();
  }

  /**
   * Takes what a sync brought. Its token is stored with what the sync changed, so that a crash
   * before means the same sync again, and a crash after none. In the same transaction the events
   * enter the {@link #inbox}, where they stay until the app has {@link #acknowledge}d them.
   *
   * @return a result for each to-device event, in order, without those of dehydrated devices
   * @throws IllegalStateException if {@link Inbox#hasRoomFor} says no; nothing has changed then
   */
  public List<ToDeviceResult> receiveSync(SyncChanges changes, Instant now)
      throws CryptoStoreException {
    if (!inbox.hasRoomFor(changes)) {
      throw new IllegalStateException("inbox full: acknowledge events first"); // INBOX-FULL
    }
    uploads.onSync(changes.oneTimeKeyCount(), changes.unusedFallbackKeyTypes());
    tracker.left(changes.leftUsers(), own.address().userId());
    tracker.changed(changes.changedUsers());
    if (store.syncToken().isEmpty()) {
      tracker.mayHaveMissedChanges(); // DEV-FIRST
    }
    List<ToDeviceResult> results = new ArrayList<>();
    for (JsonNode event : changes.toDeviceEvents()) {
      decryptor.receive(event, now).ifPresent(results::add);
    }
    results.forEach(inbox::keep); // INBOX-ATOMIC
    if (changes.toDeviceEvents().isEmpty()) {
      uploads.forgetPreviousFallbackKey(now);
    }
    work.changes().syncToken(changes.nextBatch());
    finish(now);
    return List.copyOf(results);
  }

  /**
   * Returns events that were refused as {@link UndecryptableReason#UNTRUSTED_SENDER} or {@link
   * UndecryptableReason#UNKNOWN_SENDER_DEVICE}, and whose devices have become known and trusted
   * since (TD-HELD): they enter the {@link #inbox} now. To be asked when keys have changed, and
   * before each sync is taken, so that a device's events stay in order.
   */
  public List<ToDeviceResult> takeTrustedEvents(Instant now) throws CryptoStoreException {
    List<ToDeviceResult> results = decryptor.judgeAgain(keyChanges.count(), now);
    if (!results.isEmpty()) {
      results.forEach(inbox::keep);
      commit();
    }
    return List.copyOf(results);
  }

  /** The events that the app has not acknowledged yet, those of earlier runs included. */
  public Inbox inbox() {
    return inbox;
  }

  /**
   * Forgets events that the app has dealt with, by their {@link ToDeviceResult#inboxId}. Ids that
   * are unknown, or were acknowledged before, are ignored.
   */
  public void acknowledge(Collection<Long> inboxIds) throws CryptoStoreException {
    inbox.acknowledge(inboxIds);
    commit();
  }

  /** Follows the device lists of {@code users} from now on. */
  public void trackUsers(Collection<String> users, Instant now) throws CryptoStoreException {
    users.forEach(tracker::follow);
    finish(now);
  }

  /**
   * Makes the lists of all followed users outdated: for whoever may have missed what {@code
   * device_lists} said.
   */
  public void invalidateDeviceLists(Instant now) throws CryptoStoreException {
    tracker.invalidateAll();
    finish(now);
  }

  /**
   * Asks for the keys of {@code users}, followed or not, beside the usual course: the answer
   * updates what is known of them, but lists that are outdated stay so.
   */
  public void queryKeys(Collection<String> users, Instant now) throws CryptoStoreException {
    tracker.askOutOfBand(users);
    finish(now);
  }

  /** The users whose device lists are followed; our own always is. */
  public Set<String> trackedUsers() {
    return tracker.followed();
  }

  /** Whether the device list of a user is known and not outdated. */
  public boolean isListFresh(String userId) {
    return tracker.isCurrent(userId);
  }

  /**
   * Begins to bring an event to devices. Device lists that are outdated are refreshed and missing
   * sessions started first; {@link #outgoingRequests} then holds what there is to send, and {@link
   * #takeCompletedDeliveries} the end.
   *
   * @return the id of the delivery
   */
  public String deliver(String eventType, ObjectNode content, Set<UserDevice> to, Instant now)
      throws CryptoStoreException {
    String id = deliveries.start(eventType, content, to, now);
    finish(now);
    return id;
  }

  /** Returns the deliveries that have ended since the last call. */
  public List<CompletedDelivery> takeCompletedDeliveries() {
    return deliveries.takeCompleted();
  }

  /**
   * Returns what is to be sent now, or is on its way: a request is returned again, with the same
   * id, until its end was reported.
   */
  public List<OutgoingRequest> outgoingRequests(Instant now) throws CryptoStoreException {
    advance(now);
    List<OutgoingRequest> wanted = requests.wanted(now);
    commit();
    return List.copyOf(wanted);
  }

  /** The homeserver answered request {@code id} with {@code answer}. */
  public void markSent(String id, ObjectNode answer, Instant now) throws CryptoStoreException {
    requests.onAnswer(id, answer, now);
    finish(now);
  }

  /** Request {@code id} finally failed. What it was for is tried again later, or reported. */
  public void markFailed(String id, RequestFailure failure, Instant now)
      throws CryptoStoreException {
    requests.onFailure(id, failure, now);
    finish(now);
  }

  /** When {@link #outgoingRequests} should be asked again though nothing happened, if ever. */
  public Optional<Instant> nextDeadline(Instant now) {
    return requests.nextDeadline(now);
  }

  /** Our own identity: making, signing, secrets. */
  public CrossSigning crossSigning() {
    return crossSigning;
  }

  /** Encrypted rooms: writing, reading, keys. */
  public RoomEncryption rooms() {
    return rooms;
  }

  /** A device, as last accepted. */
  public Optional<Device> find(UserDevice device) throws CryptoStoreException {
    return directory.find(device);
  }

  /** The devices of a user, as last accepted. */
  public Collection<Device> devicesOf(String userId) throws CryptoStoreException {
    return directory.of(userId);
  }

  /** How sure it is that a device belongs to its user; empty if the device is not known. */
  public Optional<VerificationState> verificationOf(UserDevice device) throws CryptoStoreException {
    Optional<Device> known = directory.find(device);
    return known.isPresent() ? Optional.of(verification.stateOf(known.get())) : Optional.empty();
  }

  /** Why nothing is encrypted for a known device: it is blocked, or the policy for sending. */
  public Optional<EncryptionOutcome> refusalOf(UserDevice device) throws CryptoStoreException {
    Optional<Device> known = directory.find(device);
    return known.isPresent() ? sendPolicy.refusal(known.get()) : Optional.empty();
  }

  /**
   * Notes what our user decided about a device, listed or not any more: should it come back, the
   * decision counts. Returns whether the device is or was known.
   */
  public boolean setLocalTrust(UserDevice device, LocalTrust trust) throws CryptoStoreException {
    return committed(decisions.setLocalTrust(device, trust));
  }

  /** A user's cross-signing identity, as last accepted. */
  public Optional<UserIdentity> identity(String userId) throws CryptoStoreException {
    return identities.find(userId);
  }

  /** What to think of a user's identity; empty if none is known. */
  public Optional<IdentityState> identityState(String userId) throws CryptoStoreException {
    Optional<UserIdentity> known = identities.find(userId);
    return known.isPresent() ? Optional.of(identities.stateOf(known.get())) : Optional.empty();
  }

  /**
   * Notes that our user compared a master key with that of its owner, and it was the same; for our
   * own user this makes its user-signing key count. Returns whether the identity has this key.
   */
  public boolean verifyIdentity(String userId, Ed25519PublicKey master)
      throws CryptoStoreException {
    return committed(decisions.verify(userId, master));
  }

  /**
   * Accepts that a user has another identity, which ends a {@link IdentityState#PIN_VIOLATION}.
   * Returns whether the user's identity is known.
   */
  public boolean pinIdentity(String userId) throws CryptoStoreException {
    return committed(decisions.pin(userId));
  }

  /**
   * Takes back that a user was verified, unless our own identity says so; returns as the one above.
   */
  public boolean withdrawVerification(String userId) throws CryptoStoreException {
    return committed(decisions.withdraw(userId));
  }

  private boolean committed(boolean known) throws CryptoStoreException {
    rooms.judgeAgain();
    commit();
    return known;
  }

  /** Returns which devices and identities have changed since the last call, our own included. */
  public KeyChanges takeKeyChanges() {
    return keyChanges.take();
  }

  /** As {@link RoomEncryption#decrypt(String, ObjectNode)}. */
  public RoomEventResult decryptRoomEvent(String roomId, ObjectNode event)
      throws CryptoStoreException {
    return rooms.decrypt(roomId, event);
  }

  private void advance(Instant now) throws CryptoStoreException {
    crossSigning.advance(now);
    do {
      deliveries.advance(now);
    } while (rooms.advance(now));
  }

  private void finish(Instant now) throws CryptoStoreException {
    advance(now);
    commit();
  }

  private void commit() throws CryptoStoreException {
    commit(RowChanges.none());
  }

  private void commit(RowChanges extra) throws CryptoStoreException {
    if (failed) {
      throw new IllegalStateException("the store failed, or the device was logged out");
    }
    failed = true; // until everything is written, whatever is thrown
    Changes changes = work.drain(seal, own, uploads);
    if (!changes.isEmpty() || !extra.rows().isEmpty()) {
      store.write(changes, extra); // SESS-STORE
    }
    failed = false;
    hashes.written();
    directory.written();
    sessions.trim();
    identities.trim();
    rooms.written();
  }

  /** How our device stands with one-time and fallback keys. */
  public OneTimeKeyState oneTimeKeys() {
    return uploads.state();
  }

  /**
   * Whether the homeserver refused our one-time keys because it holds others under the same ids:
   * this device's store was lost, or is an older copy. Messages to those keys cannot be decrypted;
   * only a new login mends it.
   */
  public boolean oneTimeKeysWereLost() {
    return uploads.keysWereLost();
  }

  /**
   * Forgets the device, once it is logged out: erases the whole store, room keys included, and
   * wipes all keys in memory. The machine can only be closed then. Its device id must not be used
   * again.
   */
  public void logout() throws CryptoStoreException {
    failed = true; // used no more, whatever is thrown
    store.erase(); // DEV-LOGOUT
    close();
  }

  /** Wipes all keys in memory; the store stays open. */
  @Override
  public void close() {
    sessions.close();
    rooms.close();
    crossSigning.close();
    own.account().close();
  }
}
