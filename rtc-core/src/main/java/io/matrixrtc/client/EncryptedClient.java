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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One logged-in device with end-to-end encryption: syncs, keeps its keys on the homeserver, and
 * carries encrypted to-device events. Any thread may call; everything runs on the scheduler.
 */
public final class EncryptedClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EncryptedClient.class);

  private final MatrixClient client;
  private final OlmMachine machine;
  private final SerialScheduler scheduler;
  private final CryptoPump pump;
  private final SyncLoop sync;
  private final OlmToDeviceChannel toDevice;
  private final RoomFeed rooms = new RoomFeed();
  private final Consumer<ClientEvent> listener;
  private boolean closed;

  /**
   * Opens the Olm machine of the client's device. Nothing is sent before {@link #start}.
   *
   * @param store used until this is closed, which does not close it
   * @param key seals what is stored; used as long
   * @param listener told of events on the scheduler; must not block
   * @throws CryptoStoreException if the store fails, or belongs to another device
   */
  public EncryptedClient(
      MatrixClient client,
      OlmMachine.Settings settings,
      CryptoStore store,
      StateKey key,
      RandomSource keyRandom,
      SerialScheduler scheduler,
      RandomGenerator random,
      Consumer<ClientEvent> listener)
      throws CryptoStoreException {
    MatrixSession session = client.session();
    this.client = client;
    this.scheduler = scheduler;
    this.listener = listener;
    this.machine =
        OlmMachine.open(
            new UserDevice(session.userId(), session.deviceId()), settings, store, key, keyRandom);
    this.pump = new CryptoPump(machine, client.keys(), client.toDevice(), scheduler);
    this.toDevice = new OlmToDeviceChannel(pump);
    this.sync =
        new SyncLoop(client.sync(), scheduler, RetryPolicy.defaults(), random, new SyncListener());
    pump.listen(toDevice::onCompleted, this::onBroken);
  }

  /** Begins to sync, where the store says it ended. */
  public void start() {
    scheduler.execute(
        () -> {
          if (!closed) {
            pump.use((m, now) -> sync.start(m.syncToken()), why -> {});
          }
        });
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
    return new RoomStatePublisherOverHttp(client.rooms(), roomId);
  }

  /**
   * Follows a room's members and call memberships: the whole state first, then what changes. The
   * devices of those in the call are followed, too.
   *
   * @param subscriber called on the scheduler
   * @return completes once the whole state was handed on, or with why it could not be had
   */
  public CompletionStage<ApiResult<Boolean>> followRoom(
      String roomId, Consumer<RoomUpdate> subscriber) {
    CompletableFuture<ApiResult<Boolean>> end = new CompletableFuture<>();
    Consumer<RoomUpdate> following = update -> hand(update, subscriber);
    scheduler.execute(
        () ->
            sync.pauseFor(
                () ->
                    client
                        .sync()
                        .roomState(roomId)
                        .thenAccept(
                            state -> {
                              ApiResult<Boolean> result =
                                  state.map(
                                      events -> {
                                        following.accept(RoomFeed.update(events));
                                        rooms.subscribe(roomId, following);
                                        return true;
                                      });
                              end.complete(result);
                            })));
    return end;
  }

  /** Runs {@code query} with the machine on the scheduler, for inspection and local decisions. */
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
    /** Runs on the scheduler; must not keep the machine. */
    T ask(OlmMachine machine) throws CryptoStoreException;
  }

  private void hand(RoomUpdate update, Consumer<RoomUpdate> subscriber) {
    pump.use((m, now) -> m.trackUsers(RoomFeed.callUsers(update), now), why -> {});
    try {
      subscriber.accept(update);
    } catch (RuntimeException e) {
      LOG.error("{}: a listener to a room failed", machine.device(), e);
    }
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
      LOG.error("{}: a listener to the client failed", machine.device(), e);
    }
  }

  /** Stops syncing and sending, and wipes the keys in memory. The device stays logged in. */
  @Override
  public void close() {
    scheduler.execute(
        () -> {
          if (!closed) {
            closed = true;
            sync.stop();
            rooms.clear();
            toDevice.close();
            pump.stop("the client is closed");
          }
        });
  }

  private final class SyncListener implements SyncLoop.Listener {
    @Override
    public void onSync(SyncAnswer answer) {
      List<ToDeviceResult> results = new ArrayList<>();
      boolean taken =
          pump.use(
              (m, now) -> results.addAll(m.receiveSync(answer.crypto(), now)), why -> sync.stop());
      if (taken) {
        // Members first: a key may come in the same answer as the membership it belongs to.
        rooms.onSync(answer);
        for (ToDeviceResult result : results) {
          toDevice.onResult(result);
          tell(new ClientEvent.ToDevice(result));
        }
      }
    }

    @Override
    public void onStatus(SyncStatus status) {
      tell(new ClientEvent.Sync(status));
    }
  }
}
