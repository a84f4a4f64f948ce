package io.matrixrtc.backup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.dehydration.DehydratedDevice;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorage;
import io.matrixrtc.backup.secrets.Secrets;
import io.matrixrtc.backup.service.DehydratedDevices.Rehydrated;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.HomeserverApi;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import io.matrixrtc.olm.StateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dehydrated devices with the embedded homeserver, over HTTP. */
class DehydratedDevicesTest extends BackupWorld {
  private static final String PATH = "/dehydrated_device$";

  private final byte[] key = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
    27, 28, 29, 30, 31, 32
  };
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ManualScheduler scheduler = new ManualScheduler();

  /** Runs tasks at once, on the calling thread, and timers when a test says so. */
  private static final class ManualScheduler implements SerialScheduler {
    final List<Instant> due = new CopyOnWriteArrayList<>();
    final List<Runnable> timers = new CopyOnWriteArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public Timer schedule(Instant at, Runnable task) {
      due.add(at);
      timers.add(task);
      return () -> timers.remove(task);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    /** Lets the time pass until the only timer. */
    void fire() {
      assertThat(timers).hasSize(1);
      now = due.get(due.size() - 1);
      timers.remove(0).run();
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private DehydratedDevices of(EncryptedClient client) {
    return of(client, new DehydratedDeviceApi(client.matrix().api()));
  }

  private DehydratedDevices of(EncryptedClient client, DehydratedDeviceApi api) {
    DehydratedDevices devices =
        new DehydratedDevices(client, api, TestRandom.of(5), scheduler, () -> {});
    open.add(0, devices);
    return devices;
  }

  private Device withIdentity() throws Exception {
    Device device = new Device(true);
    device.client.start();
    get(device.client.published());
    get(
        device
            .client
            .crossSigning()
            .bootstrap(UserAuthentication.password(device.session.userId(), PASSWORD)));
    return device;
  }

  private static OpenStorage storage(Device device) throws Exception {
    return new SecretStorage(
            new ServerAccountData(device.client.matrix().api(), device.session.userId()),
            TestRandom.of(6))
        .create(Map.of());
  }

  /** Somebody who writes to us. */
  private EncryptedClient bob() throws Exception {
    MatrixSession session =
        get(MatrixClient.register(
                server.baseUrl(), Credentials.of("bob", PASSWORD, "test"), threads.settings()))
            .orThrow();
    EncryptedClient bob =
        EncryptedClient.builder(session, threads.settings())
            .store(new MemoryCryptoStore(), StateKey.copyOf(new byte[StateKey.BYTES]))
            .start();
    open.add(bob);
    get(bob.published());
    return bob;
  }

  private static void sendRoomKey(EncryptedClient from, String userId, String deviceId)
      throws Exception {
    try (GroupSession session = GroupSession.generate(SessionConfig.V1, TestRandom.of(9));
        SessionKey sessionKey = session.sessionKey()) {
      ObjectNode content = Json.newObject().put("algorithm", "m.megolm.v1.aes-sha2");
      content.put("room_id", ROOM).put("session_id", sessionKey.sessionId());
      content.put("session_key", sessionKey.toBase64());
      send(from, "m.room_key", content, userId, deviceId);
    }
  }

  private static void send(
      EncryptedClient from, String type, ObjectNode content, String userId, String deviceId)
      throws Exception {
    DeviceAddress to = new DeviceAddress(userId, deviceId);
    assertThat(get(from.toDevice().send(type, content, Set.of(to))).get(to))
        .isInstanceOf(ToDeviceChannel.Outcome.Sent.class);
  }

  private static <T> T ok(CompletionStage<ApiResult<T>> stage) throws Exception {
    return get(stage).orThrow();
  }

  private static void failsWith(CompletionStage<?> stage, DehydrationException.Reason reason) {
    assertThatThrownBy(() -> get(stage))
        .hasRootCauseInstanceOf(DehydrationException.class)
        .hasRootCauseMessage("dehydrated device: " + reason);
  }

  @Test
  void dehySupportedIsWhatTheHomeserverSays_C89() throws Exception {
    Device device = withIdentity();
    DehydratedDevices devices = of(device.client);
    assertThat(ok(devices.supported())).as("none there").isTrue();
    ok(devices.create(key, Optional.empty()));
    assertThat(ok(devices.supported())).as("one there").isTrue();
    var broken = server.faults().add(FaultRule.on(PATH, new Fault.ServerError(403)).always());
    assertThat(get(devices.supported())).isInstanceOf(ApiResult.Failed.class);
    broken.remove();
    try (EmbeddedHomeserver old =
        EmbeddedHomeserver.start(HomeserverConfig.defaults().withDehydratedDevices(false))) {
      DehydratedDevices there = of(device.client, new DehydratedDeviceApi(registered(old)));
      assertThat(ok(there.supported())).isFalse();
      assertThat(ok(there.delete())).as("quiet").isFalse();
    }
  }

  private HomeserverApi registered(EmbeddedHomeserver at) throws Exception {
    MatrixSession session =
        get(MatrixClient.register(
                at.baseUrl(), Credentials.of("alice", PASSWORD, "test"), threads.settings()))
            .orThrow();
    return new MatrixClient(session, threads.settings()).api();
  }

  @Test
  void dehyNewWithAGivenNameAndTheDefaultOneAndDeletedQuietly_C90() throws Exception {
    Device device = new Device(true);
    device.client.start();
    get(device.client.published());
    DehydratedDevices devices = of(device.client);
    failsWith(devices.create(key, Optional.empty()), DehydrationException.Reason.NOT_SIGNED);
    get(
        device
            .client
            .crossSigning()
            .bootstrap(UserAuthentication.password(device.session.userId(), PASSWORD)));
    assertThat(ok(devices.delete())).as("none there").isFalse();
    for (Optional<String> name : List.of(Optional.<String>empty(), Optional.of("Night watch"))) {
      String deviceId = ok(devices.create(key, name));
      ObjectNode listed =
          get(device.client.matrix().api().call(ApiRequest.get("v3", "devices", deviceId)))
              .orThrow();
      assertThat(listed.path("display_name").asText())
          .isEqualTo(name.orElse(DehydratedDevices.DEFAULT_NAME));
    }
    assertThat(ok(devices.delete())).isTrue();
    assertThat(ok(devices.delete())).isFalse();
    assertThat(ok(devices.rehydrate(key)).there()).isFalse();
  }

  @Test
  void dehyPagesAreReadToTheEndAndTheKeysAreHere_C91() throws Exception {
    Device device = withIdentity();
    String alice = device.session.userId();
    DehydratedDevices devices = of(device.client);
    assertThat(ok(devices.rehydrate(key)))
        .as("none there")
        .isEqualTo(new Rehydrated(false, 0, true));
    String deviceId = ok(devices.create(key, Optional.empty()));
    EncryptedClient bob = bob();
    for (int i = 0; i < 120; i++) { // more than a page
      send(bob, "org.example.noise", Json.newObject().put("n", i), alice, deviceId);
    }
    sendRoomKey(bob, alice, deviceId);
    byte[] other = key.clone();
    other[0] ^= 1;
    failsWith(devices.rehydrate(other), DehydrationException.Reason.WRONG_KEY);
    assertThat(device.held()).isZero();
    assertThat(ok(devices.rehydrate(key))).isEqualTo(new Rehydrated(true, 1, true));
    assertThat(device.held()).isOne();
    assertThat(asked("GET", "/events$")).isEqualTo(2);
    assertThat(ok(devices.rehydrate(key))).as("again").isEqualTo(new Rehydrated(true, 0, true));
  }

  /** A homeserver that says the same place twice, with messages there or without. */
  private static final class Stuck extends DehydratedDeviceApi {
    private final HomeserverApi api;
    private final boolean withEvents;

    Stuck(HomeserverApi api, boolean withEvents) {
      super(api);
      this.api = api;
      this.withEvents = withEvents;
    }

    @Override
    CompletionStage<ApiResult<ObjectNode>> events(String deviceId, Optional<String> from) {
      return super.events(deviceId, Optional.empty())
          .thenApply(
              result ->
                  result.map(
                      page -> {
                        if (!withEvents) {
                          page.putArray("events");
                        } else {
                          page.withArray("events").addObject().put("type", "m.dummy");
                        }
                        return page.put("next_batch", "here");
                      }));
    }
  }

  @Test
  void dehyKeepWhatCouldNotBeReadToItsEnd_C91_ours() throws Exception {
    Device device = withIdentity();
    HomeserverApi api = device.client.matrix().api();
    String deviceId = ok(of(device.client).create(key, Optional.empty()));
    DehydratedDevices stuck = of(device.client, new Stuck(api, true));
    sendRoomKey(bob(), device.session.userId(), deviceId);
    assertThat(ok(stuck.rehydrate(key))).isEqualTo(new Rehydrated(true, 1, false));
    try (OpenStorage storage = storage(device)) {
      storage.store(Secrets.DEHYDRATION, Base64Text.encode(key));
      assertThat(ok(stuck.start(storage)).whole()).isFalse();
      assertThat(there(api)).as("kept").isEqualTo(deviceId);
      assertThat(scheduler.due).containsExactly(scheduler.now.plus(Duration.ofHours(1)));
      DehydratedDevices atItsEnd = of(device.client, new Stuck(api, false));
      assertThat(ok(atItsEnd.start(storage)).whole()).as("nothing more: the control").isTrue();
      assertThat(there(api)).as("replaced").isNotEqualTo(deviceId);
    }
  }

  private static String there(HomeserverApi api) throws Exception {
    return ok(new DehydratedDeviceApi(api).get()).path("device_id").asText();
  }

  @Test
  void dehyWeeklyWithAKeyFromSecretStorageUntilTheIdentityIsReset_C92() throws Exception {
    Device device = withIdentity();
    HomeserverApi api = device.client.matrix().api();
    DehydratedDevices devices = of(device.client);
    try (OpenStorage storage = storage(device)) {
      assertThat(storage.read(Secrets.DEHYDRATION)).isEmpty();
      Instant begun = scheduler.now;
      assertThat(ok(devices.start(storage)).there()).isFalse();
      String secret = storage.read(Secrets.DEHYDRATION).orElseThrow(); // DEHY-KEY: made
      String first = there(api);
      assertThat(scheduler.due).containsExactly(begun.plus(DehydratedDevices.ROTATION));
      scheduler.fire();
      String second = there(api);
      assertThat(second).as("a week later").isNotEqualTo(first);
      assertThat(scheduler.due.get(1)).isEqualTo(begun.plus(Duration.ofDays(14)));
      sendRoomKey(bob(), device.session.userId(), second);
      DehydratedDevices nextRun = of(device.client);
      assertThat(ok(nextRun.start(storage)))
          .as("opened by the stored key")
          .isEqualTo(new Rehydrated(true, 1, true));
      assertThat(storage.read(Secrets.DEHYDRATION)).contains(secret);
      String third = there(api);
      assertThat(third).isNotEqualTo(second);
      assertThat(ok(nextRun.delete())).isTrue(); // DEHY-RESET
      assertThat(get(new DehydratedDeviceApi(api).get())).isInstanceOf(ApiResult.Failed.class);
      devices.close();
      assertThat(scheduler.timers).as("none is made any more").isEmpty();
      storage.store(Secrets.DEHYDRATION, "short");
      failsWith(nextRun.start(storage), DehydrationException.Reason.BAD_KEY);
    }
  }

  @Test
  void dehyASealedDeviceOpensAgain_C91() throws Exception {
    try (DehydratedDevice device = DehydratedDevice.generate(TestRandom.of(1))) {
      ObjectNode data = device.seal(key, TestRandom.of(2));
      assertThat(data.path("device_pickle").asText().length() * 3 / 4 - 16).isEqualTo(1_705);
      try (DehydratedDevice opened =
          DehydratedDevice.open(key, device.deviceId(), data).orElseThrow()) {
        assertThat(opened.oneTimeKeys()).hasSize(DehydratedDevice.ONE_TIME_KEYS);
        assertThat(opened.signingKey().publicKey()).isEqualTo(device.signingKey().publicKey());
        assertThat(opened.fallbackKey().orElseThrow().publicKey())
            .isEqualTo(device.fallbackKey().orElseThrow().publicKey());
      }
    }
  }
}
