package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.client.SyncStatus;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.IdentityAlarm;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomDecryptionFailure;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.olm.StateKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A device of ours: a client with its Olm machine, running. */
final class OurDevice implements AutoCloseable {
  /** For peers that are not cross-signed; who sent what is checked by device all the same. */
  static final OlmMachine.Settings TRUST_ALL =
      new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.ALL);

  private final MatrixSession session;
  private final ScheduledExecutorService pool;
  private final ShiftedClock clock = new ShiftedClock();
  private final PoolScheduler scheduler;
  private final EncryptedClient client;
  private final StateKey storeKey;
  private final List<ToDeviceResult> results = new CopyOnWriteArrayList<>();
  private final List<RoomEventResult> roomEvents = new CopyOnWriteArrayList<>();
  private final List<IdentityAlarm> alarms = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> synced = new CompletableFuture<>();

  /** Opens the device from {@code store}, which stays open when this is closed, and starts it. */
  OurDevice(
      MatrixSession session,
      OlmMachine.Settings trust,
      CryptoStore store,
      byte[] storeSecret,
      HttpTransport http,
      ScheduledExecutorService pool)
      throws CryptoStoreException {
    this.session = session;
    this.pool = pool;
    this.scheduler = new PoolScheduler(pool, clock);
    this.storeKey = StateKey.copyOf(storeSecret);
    this.client =
        EncryptedClient.builder(session, ClientSettings.of(http, scheduler))
            .trust(trust)
            .store(store, storeKey)
            .listener(this::onEvent)
            .open();
    client.start();
    World.get(synced);
  }

  private void onEvent(ClientEvent event) {
    if (event instanceof ClientEvent.ToDevice toDevice) {
      results.add(toDevice.result());
    } else if (event instanceof ClientEvent.RoomEvent roomEvent) {
      roomEvents.add(roomEvent.result());
    } else if (event instanceof ClientEvent.Alarm alarm) {
      alarms.add(alarm.alarm());
    } else if (event instanceof ClientEvent.Sync sync
        && sync.status() instanceof SyncStatus.Running) {
      synced.complete(null);
    } else if (event instanceof ClientEvent.EncryptionFailed failed) {
      synced.completeExceptionally(new AssertionError(failed.why()));
    }
  }

  DeviceAddress address() {
    return new DeviceAddress(session.userId(), session.deviceId());
  }

  EncryptedClient client() {
    return client;
  }

  ScheduledExecutorService pool() {
    return pool;
  }

  /** Puts its clock forward. */
  void pass(Duration time) {
    clock.pass(time);
  }

  /** What it was alarmed by, in order. */
  List<IdentityAlarm> alarms() {
    return List.copyOf(alarms);
  }

  /** Its public Curve25519 key. */
  String curve25519() {
    return World.get(client.withMachine(machine -> machine.identityKeys().curve25519().toBase64()));
  }

  /** Another device, as this one knows it. */
  Optional<Device> find(DeviceAddress other) {
    UserDevice wanted = new UserDevice(other.userId(), other.deviceId());
    return World.get(client.withMachine(machine -> machine.find(wanted)));
  }

  /** Whether it has heard of a device. */
  boolean knows(DeviceAddress other) {
    return find(other).isPresent();
  }

  /** Follows the devices of a user, as if it were in a call. */
  void follow(String userId) {
    World.get(
        client.withMachine(
            machine -> {
              machine.trackUsers(List.of(userId), clock.instant());
              return true;
            }));
  }

  /** Whether its keys are all published. */
  boolean uploadsNothing() {
    return World.get(client.withMachine(machine -> machine.outgoingRequests(clock.instant())))
        .isEmpty();
  }

  /** What became of each to-device event that came, in order. */
  List<ToDeviceResult> results() {
    return List.copyOf(results);
  }

  /** The events of a type that were decrypted, in order. */
  List<ToDeviceResult.Decrypted> decrypted(String type) {
    return results.stream()
        .filter(ToDeviceResult.Decrypted.class::isInstance)
        .map(ToDeviceResult.Decrypted.class::cast)
        .filter(one -> one.type().equals(type))
        .toList();
  }

  /** Sends an encrypted message to a room. */
  RoomSendOutcome.Sent post(String roomId, String body) {
    ObjectNode content = Json.newObject().put("msgtype", "m.text").put("body", body);
    RoomSendOutcome outcome = World.get(client.rooms().send(roomId, "m.room.message", content));
    if (outcome instanceof RoomSendOutcome.Sent sent) {
      return sent;
    }
    throw new AssertionError("not sent: " + outcome);
  }

  /** The encrypted messages that it has read, in order. */
  List<RoomEventResult.Decrypted> read() {
    return roomEvents.stream()
        .filter(RoomEventResult.Decrypted.class::isInstance)
        .map(RoomEventResult.Decrypted.class::cast)
        .toList();
  }

  /** Whether it has read an event. */
  boolean hasRead(String eventId) {
    return read().stream().anyMatch(one -> one.event().path("event_id").asText().equals(eventId));
  }

  /** The room key that opened an event which it has read. */
  RoomKeyId keyOf(String eventId) {
    return read().stream()
        .filter(one -> one.event().path("event_id").asText().equals(eventId))
        .map(RoomEventResult.Decrypted::key)
        .findFirst()
        .orElseThrow();
  }

  /** Whether it holds a room key. */
  boolean holds(RoomKeyId key) {
    return World.get(client.withMachine(machine -> machine.rooms().keys().info(key))).isPresent();
  }

  /** Why it could not read an event, each time that it tried. */
  List<RoomDecryptionFailure> unread(String eventId) {
    return roomEvents.stream()
        .filter(RoomEventResult.UnableToDecrypt.class::isInstance)
        .map(RoomEventResult.UnableToDecrypt.class::cast)
        .filter(one -> one.event().path("event_id").asText().equals(eventId))
        .map(RoomEventResult.UnableToDecrypt::failure)
        .toList();
  }

  /** Encrypts an event for one device and sends it. */
  Outcome send(String type, ObjectNode content, DeviceAddress to) {
    return World.get(client.toDevice().send(type, content, Set.of(to))).values().iterator().next();
  }

  /** Joins a room, and is done when the own client has heard of it. */
  void joinRoom(String roomId) {
    World.get(client.matrix().rooms().join(roomId)).orThrow();
  }

  /** Ends all work; nothing is written to the store any more when this returns. */
  @Override
  public void close() {
    client.close();
    CompletionStage<Void> last = CompletableFuture.runAsync(() -> {}, scheduler);
    World.get(last.toCompletableFuture().orTimeout(5, TimeUnit.SECONDS));
    storeKey.close();
  }
}
