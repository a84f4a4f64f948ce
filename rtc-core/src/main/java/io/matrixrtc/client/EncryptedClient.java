package io.matrixrtc.client;

import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.RoomUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

  private final MatrixClient client;
  private final UserDevice device;
  private final SerialScheduler scheduler;
  private final CryptoPump pump;
  private final SyncLoop sync;
  private final OlmToDeviceChannel toDevice;
  private final RoomFeed rooms;
  private final Consumer<ClientEvent> listener;
  private boolean closed;

  /**
   * Opens the Olm machine of the client's device. Nothing is sent before {@link #start}.
   *
   * @param store used until this is closed, which does not close it
   * @param key seals what is stored; used as long
   * @param keyRandom where keys come from
   * @param listener told of events; must not block
   * @throws CryptoStoreException if the store fails, or belongs to another device
   */
  public EncryptedClient(
      MatrixClient client,
      OlmMachine.Settings trust,
      CryptoStore store,
      StateKey key,
      RandomSource keyRandom,
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
    this.rooms = new RoomFeed(client.rooms(), sync, settings, this::trackCallUsers);
    pump.listen(toDevice::onCompleted, this::onBroken);
  }

  /** Begins to sync, where the store says that it ended (SYNC-RESUME). */
  public void start() {
    scheduler.execute(
        () -> {
          if (!closed) {
            pump.use((m, now) -> sync.start(m.syncToken()), why -> {});
          }
        });
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

  /** Sets state of {@code roomId} for a session. */
  public RoomStatePublisher statePublisher(String roomId) {
    return new HomeserverStatePublisher(client.rooms(), roomId);
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

  private void handOn(SyncAnswer answer, List<ToDeviceResult> results) {
    // FEED-FIRST: a key may come in the same answer as the membership it belongs to.
    rooms.onSync(answer);
    answer.rooms().forEach((room, changes) -> tell(new ClientEvent.Room(room, changes)));
    for (ToDeviceResult result : results) {
      toDevice.onResult(result);
      tell(new ClientEvent.ToDevice(result));
    }
  }

  /** FEED-TRACK: whose device lists are followed early costs no round trip when a key is due. */
  private void trackCallUsers(RoomUpdate update) {
    pump.use((m, now) -> m.trackUsers(RoomUpdates.callUsers(update), now), why -> {});
  }

  private void onBroken(String why) {
    sync.stop();
    toDevice.onBroken(why);
    if (!closed) {
      tell(new ClientEvent.EncryptionFailed(why));
    }
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
   * (CLIENT-CLOSE). The device stays logged in.
   */
  @Override
  public void close() {
    scheduler.execute(
        () -> {
          if (!closed) {
            closed = true;
            sync.stop();
            rooms.close();
            toDevice.close();
            pump.stop("the client is closed");
            client.close();
          }
        });
  }

  private final class SyncListener implements SyncLoop.Listener {
    @Override
    public boolean onSync(SyncAnswer answer) {
      List<ToDeviceResult> results = new ArrayList<>();
      return pump.use(
          (m, now) -> results.addAll(m.receiveSync(answer.crypto(), now)),
          () -> handOn(answer, results),
          why -> {});
    }

    @Override
    public void onStatus(SyncStatus status) {
      tell(new ClientEvent.Sync(status));
    }
  }
}
