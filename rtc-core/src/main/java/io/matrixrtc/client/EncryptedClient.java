package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.KeyChanges;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.RoomEventChannel;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.RoomUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One logged-in device with end-to-end encryption: syncs, keeps its keys on the homeserver, carries
 * encrypted to-device events and feeds sessions. Any thread may call; everything runs on the
 * scheduler of the {@link MatrixClient}'s settings, listeners included.
 */
public final class EncryptedClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EncryptedClient.class);

  /**
   * How long to-device messages wait for a new login after a soft logout. Then they end as failed:
   * whoever wanted them sent decides anew, since devices may have left meanwhile.
   */
  public static final Duration HELD_LIMIT = Duration.ofMinutes(5);

  private final MatrixClient client;
  private final UserDevice device;
  private final SerialScheduler scheduler;
  private final CryptoPump pump;
  private final SyncLoop sync;
  private final OlmToDeviceChannel toDevice;
  private final RoomFeed rooms;
  private final CallFeeds calls;
  private final RecipientPreviews previews;
  private final EncryptedRooms encryptedRooms;
  private final RoomEventChannels roomEvents;
  private final InboxDelivery inbox;
  private final AccountDataFeed accountData = new AccountDataFeed();
  private final ClientCrossSigning crossSigning;
  private final Consumer<ClientEvent> listener;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private boolean closed;
  private boolean toldOfLostKeys;

  /**
   * Opens the Olm machine of the client's device. Nothing is sent before {@link #start}.
   *
   * @param store used until this is closed, which does not close it
   * @param key seals what is stored; used as long
   * @param keyRandom where keys come from
   * @param acknowledgement who says that a to-device event is dealt with
   * @param listener told of events; must not block
   * @throws CryptoStoreException if the store fails, or belongs to another device
   */
  EncryptedClient(
      MatrixClient client,
      OlmMachine.Settings trust,
      CryptoStore store,
      StateKey key,
      RandomSource keyRandom,
      Acknowledgement acknowledgement,
      Consumer<ClientEvent> listener)
      throws CryptoStoreException {
    MatrixSession session = client.session();
    ClientSettings settings = client.settings();
    this.client = client;
    this.device = new UserDevice(session.userId(), session.deviceId());
    this.scheduler = settings.scheduler();
    this.listener = listener;
    OlmMachine machine = OlmMachine.open(device, trust, store, key, keyRandom);
    this.pump = new CryptoPump(machine, client.keys(), client.toDevice(), scheduler);
    this.toDevice = new OlmToDeviceChannel(pump);
    this.sync = new SyncLoop(client.sync(), settings, this::longPoll, new SyncListener());
    this.previews = new RecipientPreviews(pump, scheduler);
    this.inbox = new InboxDelivery(pump, acknowledgement, this::handOn);
    this.crossSigning = new ClientCrossSigning(pump);
    this.encryptedRooms =
        new EncryptedRooms(
            pump,
            client.rooms(),
            new RoomMembersFeed(client.rooms(), sync, settings),
            this::onRoomEvent,
            this::onLateEvent);
    this.roomEvents = new RoomEventChannels(pump, encryptedRooms, client.rooms());
    this.rooms = new RoomFeed(client, sync, encryptedRooms::open, this::trackCallUsers);
    this.calls = new CallFeeds(pump, rooms);
    pump.observe(this::observe);
    pump.listen(toDevice::onCompleted, this::onBroken);
    client.onLogin(this::onLogin);
  }

  /** Returns what opens a client for {@code session}. */
  public static EncryptedClientBuilder builder(MatrixSession session, ClientSettings settings) {
    return builder(new MatrixClient(session, settings));
  }

  /** As {@link #builder(MatrixSession, ClientSettings)}, for an API that is in use already. */
  public static EncryptedClientBuilder builder(MatrixClient matrix) {
    return new EncryptedClientBuilder(matrix);
  }

  /**
   * Begins to sync, where the store says that it ended (SYNC-RESUME). To-device events that were
   * received in an earlier run but not acknowledged come first.
   */
  public void start() {
    scheduler.execute(
        () -> {
          if (!closed) {
            inbox.redeliver();
            pump.use((m, now) -> sync.start(m.syncToken()), why -> {});
          }
        });
  }

  /**
   * Completes once others can write to this device, since the homeserver has its keys;
   * exceptionally if this was closed before.
   */
  public CompletionStage<Void> published() {
    return pump.published();
  }

  /**
   * Completes when this is closed, its keys in memory are wiped and its store is used no more: from
   * then on the store may be closed.
   */
  public CompletionStage<Void> ended() {
    return ended.minimalCompletionStage();
  }

  /** The device. */
  public UserDevice device() {
    return device;
  }

  /** The unencrypted part of the API. */
  public MatrixClient matrix() {
    return client;
  }

  /** Encrypted to-device events. */
  public ToDeviceChannel toDevice() {
    return toDevice;
  }

  /**
   * Tells {@code receiver}, which must not block, of each event of {@code eventType} that was
   * encrypted for this device, with the device that sent it. Others are ignored; {@link #toDevice}
   * tells of them as well.
   */
  public ToDeviceChannel.Subscription onEncrypted(
      String eventType, BiConsumer<SenderEvidence, ObjectNode> receiver) {
    return toDevice.subscribe(
        eventType,
        new ToDeviceChannel.Listener() {
          @Override
          public void onEncrypted(SenderEvidence from, ObjectNode content) {
            receiver.accept(from, content);
          }

          @Override
          public void onCleartext(String userId, ObjectNode content) {
            LOG.warn("{}: ignored an event that came in the clear", device);
          }
        });
  }

  /**
   * Tells {@code receiver}, which must not block, of the account's own data of {@code type} when a
   * sync brings it: the first one of an account, then each change (SYNC-ACCOUNT). Only types that
   * the {@link SyncFilter} lets through come.
   */
  public ToDeviceChannel.Subscription onAccountData(String type, Consumer<ObjectNode> receiver) {
    return accountData.subscribe(type, receiver);
  }

  /**
   * Says that the app has dealt with to-device events, by their {@link ToDeviceResult#inboxId}: no
   * later run is given them. Only with {@link Acknowledgement#BY_APP} is it needed.
   */
  public void acknowledge(Collection<Long> inboxIds) {
    List<Long> ids = List.copyOf(inboxIds);
    scheduler.execute(
        () -> {
          inbox.acknowledge(ids);
          sync.roomAgain();
        });
  }

  /** Our own user's identity: set it up, sign with it, share its secrets. */
  public ClientCrossSigning crossSigning() {
    return crossSigning;
  }

  /** Encrypted events of one room, as a way for the keys of its call. */
  public RoomEventChannel roomEvents(String roomId) {
    return roomEvents.channel(roomId);
  }

  /** Encrypted rooms: send events; what is read is told as {@link ClientEvent.RoomEvent}. */
  public EncryptedRooms rooms() {
    return encryptedRooms;
  }

  /**
   * Publishes memberships in {@code roomId} for a session: state events, sticky and delayed events
   * as far as the homeserver has them. Message events are encrypted where the room is.
   */
  public RoomStatePublisher statePublisher(String roomId) {
    return new HomeserverStatePublisher(client, roomId, encryptedRooms);
  }

  /**
   * Follows a room's members and call memberships: the whole state first, then what changes. The
   * devices of those in the call are followed, too. A state that cannot be had for a reason which
   * may pass is asked for again, as the retry policy says.
   *
   * @param subscriber must not block
   * @return completes once the whole state was handed on, or with why it could not be had;
   *     exceptionally only when closed
   */
  public CompletionStage<ApiResult<RoomSubscription>> followRoom(
      String roomId, Consumer<RoomUpdate> subscriber) {
    return rooms.follow(roomId, subscriber);
  }

  /**
   * Feeds a call, from its room's whole state on: with updates as {@link #followRoom} does, with
   * each sync, and with the devices that must not be given keys: those that our user blocked, that
   * do not meet the policy for sending, or that their owner does not list any more.
   *
   * @param call a {@link io.matrixrtc.session.RtcSession}
   * @return as {@link #followRoom}; closing the subscription ends all of it
   */
  public CompletionStage<ApiResult<RoomSubscription>> attach(String roomId, CallInput call) {
    return calls.attach(roomId, call);
  }

  /**
   * Tells which of these devices would not be given a key now, and why: who knows before a call is
   * joined can ask its user. Device lists that are not known yet are fetched first, for 10 s.
   *
   * @return completes with the devices that would not be written to; exceptionally only when closed
   */
  public CompletionStage<Map<DeviceAddress, ToDeviceChannel.Outcome>> previewRecipients(
      Set<DeviceAddress> devices) {
    return previews.ask(devices);
  }

  /** Runs {@code query} with the machine, for inspection and local decisions. */
  public <T> CompletionStage<T> withMachine(MachineQuery<T> query) {
    CompletableFuture<T> end = new CompletableFuture<>();
    scheduler.execute(
        () ->
            pump.use(
                (m, now) -> end.complete(query.ask(m)),
                why -> end.completeExceptionally(new IllegalStateException(why))));
    return end;
  }

  /** Something to ask or decide. */
  @FunctionalInterface
  public interface MachineQuery<T> {
    /** Runs on the scheduler; must not keep the machine. What it throws ends the machine. */
    T ask(OlmMachine machine) throws CryptoStoreException;
  }

  /** SYNC-SILENCE: shorter while a room is followed. */
  private Duration longPoll() {
    return client.settings().sync().longPoll(rooms.isFollowing());
  }

  private void onLateEvent(String roomId, LiveEvent event) {
    rooms.onLate(roomId, event);
  }

  private void handOn(
      SyncAnswer answer, List<ToDeviceResult> results, Map<String, List<RoomEventResult>> read) {
    // FEED-FIRST: a key may come in the same answer as the membership it belongs to.
    rooms.onSync(answer, read);
    answer.rooms().forEach((room, changes) -> tell(new ClientEvent.Room(room, changes)));
    inbox.handOn(results);
    encryptedRooms.tell(read);
    roomEvents.onSync(answer);
    accountData.onSync(answer);
  }

  private void onRoomEvent(String roomId, RoomEventResult result) {
    roomEvents.onResult(roomId, result);
    tell(new ClientEvent.RoomEvent(roomId, result));
  }

  private void handOn(ToDeviceResult result) {
    if (result.inboxId().isPresent()) { // INBOX-INTERNAL: the others are for diagnosis
      toDevice.onResult(result);
    }
    tell(new ClientEvent.ToDevice(result));
  }

  /** FEED-TRACK: whose device lists are followed early costs no round trip when a key is due. */
  private void trackCallUsers(RoomUpdate update) {
    pump.use((m, now) -> m.trackUsers(RoomUpdates.callUsers(update), now), why -> {});
  }

  /** LOGIN-SOFT: keys and store stay; everything waits, and goes on with the next login. */
  private void onLogin(LoginStatus status) {
    if (closed) {
      return;
    }
    tell(new ClientEvent.Login(status));
    if (status instanceof LoginStatus.SoftLoggedOut) {
      pump.suspend(HELD_LIMIT);
    } else if (status instanceof LoginStatus.Ended) {
      pump.suspend(Duration.ZERO);
    } else {
      sync.resume();
      rooms.resume();
      pump.resume();
    }
  }

  private void onBroken(String why) {
    sync.stop();
    toDevice.onBroken(why);
    crossSigning.onEnd(why);
    encryptedRooms.onEnd(why);
    previews.onEnd(why);
    if (!closed) {
      tell(new ClientEvent.EncryptionFailed(why));
    }
  }

  private void observe(OlmMachine machine) throws CryptoStoreException {
    KeyChanges changes = machine.takeKeyChanges();
    if (!changes.isEmpty()) {
      tell(new ClientEvent.KeysChanged(changes)); // CLIENT-CHANGES
      crossSigning.onKeysChanged(changes, device.userId());
      calls.onKeysChanged(machine, changes);
      scheduler.execute(inbox::handOnTrusted);
    }
    if (machine.oneTimeKeysWereLost() && !toldOfLostKeys) {
      toldOfLostKeys = true;
      tell(new ClientEvent.OneTimeKeysLost());
    }
    machine.crossSigning().takeAlarms().forEach(one -> tell(new ClientEvent.Alarm(one)));
    machine.crossSigning().takeSecretEvents().forEach(e -> tell(new ClientEvent.SecretNews(e)));
    machine
        .crossSigning()
        .takeSignatureFailures()
        .forEach(failure -> tell(new ClientEvent.SignatureFailed(failure)));
    crossSigning.observe(machine);
    previews.observe(machine);
    machine
        .rooms()
        .takeKeyRequestEvents()
        .forEach(news -> tell(new ClientEvent.KeyRequestNews(news)));
    encryptedRooms.observe(machine);
  }

  private void tell(ClientEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.error("{}: a listener to the client failed", device, e);
    }
  }

  /**
   * Stops syncing and sending, closes the {@link MatrixClient}, and wipes the keys in memory
   * (CLIENT-CLOSE). The device stays logged in. Returns at once; {@link #ended} tells the end.
   */
  @Override
  public void close() {
    scheduler.execute(
        () -> {
          if (!closed) {
            shut();
            pump.stop("the client is closed");
            tellEnd();
          }
        });
  }

  private void shut() {
    closed = true;
    sync.stop();
    rooms.close();
    toDevice.close();
    client.close();
  }

  /**
   * Ends the login, which deletes the device; then closes this, wipes the keys in memory and erases
   * the store (CLIENT-LOGOUT). If the homeserver does not end it, everything goes on. Completes
   * exceptionally only if closed.
   */
  public CompletionStage<LogoutOutcome> logout() {
    CompletableFuture<LogoutOutcome> end = new CompletableFuture<>();
    client
        .account()
        .logout()
        .whenComplete(
            (result, bug) -> {
              if (result == null) {
                end.completeExceptionally(new IllegalStateException("the client is closed", bug));
              } else {
                end.complete(result.fold(done -> erase(), this::notLoggedOut));
              }
            });
    return end;
  }

  private LogoutOutcome notLoggedOut(ApiFailure failure) {
    // A repetition after a lost answer finds no login any more
    return failure instanceof ApiFailure.LoggedOut out && !out.soft()
        ? erase()
        : new LogoutOutcome.Failed(failure);
  }

  private LogoutOutcome erase() {
    shut();
    try {
      pump.erase();
      return new LogoutOutcome.LoggedOut();
    } catch (CryptoStoreException e) {
      LOG.error("{}: the store of a device that is logged out was not erased", device, e);
      return new LogoutOutcome.StoreNotErased(e);
    } finally {
      tellEnd();
    }
  }

  /** After what the closing has queued: so the threads may go when this is told. */
  private void tellEnd() {
    scheduler.execute(() -> ended.complete(null));
  }

  private final class SyncListener implements SyncLoop.Listener {
    @Override
    public boolean hasRoomFor(SyncAnswer answer) {
      return inbox.hasRoomFor(answer);
    }

    @Override
    public boolean onSync(SyncAnswer answer) {
      List<ToDeviceResult> results = new ArrayList<>();
      Map<String, List<RoomEventResult>> roomEvents = new LinkedHashMap<>();
      encryptedRooms.onMembers(answer);
      return pump.use(
          (m, now) -> {
            results.addAll(m.takeTrustedEvents(now));
            results.addAll(m.receiveSync(answer.crypto(), now));
            roomEvents.putAll(encryptedRooms.read(m, answer, now));
          },
          () -> handOn(answer, results, roomEvents),
          why -> {});
    }

    @Override
    public void onStatus(SyncStatus status) {
      if (status instanceof SyncStatus.Running) {
        calls.onSynced();
      }
      tell(new ClientEvent.Sync(status));
    }
  }
}
