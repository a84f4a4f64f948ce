package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static io.matrixrtc.client.TestDevice.TYPE;
import static io.matrixrtc.client.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomUpdate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.LoggerFactory;

/** Real HTTP against the embedded homeserver. */
@Execution(ExecutionMode.CONCURRENT)
class EncryptedClientHomeserverTest {
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final HttpTransport http = new JdkHttpTransport(pool);
  private final List<TestDevice> devices = new ArrayList<>();
  @TempDir private Path folder;
  private EmbeddedHomeserver homeserver;
  private int seed;

  @BeforeEach
  void start() throws Exception {
    homeserver =
        EmbeddedHomeserver.start(
            HomeserverConfig.defaults().withDatabase(folder.resolve("homeserver.db")));
  }

  @AfterEach
  void stop() {
    devices.forEach(TestDevice::close);
    homeserver.close();
    pool.shutdownNow();
  }

  private SerialScheduler scheduler() {
    return new PoolScheduler(pool, InstantSource.system());
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private ClientSettings settings() {
    return ClientSettings.of(http, scheduler())
        .withRetries(
            new RetryPolicy(Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofMillis(500)));
  }

  private LoginOutcome login(Credentials credentials) throws Exception {
    return get(MatrixClient.login(homeserver.baseUrl(), credentials, settings()));
  }

  private LoginOutcome registration(String user, String password) throws Exception {
    Credentials credentials = Credentials.of(user, password, "test");
    return get(MatrixClient.register(homeserver.baseUrl(), credentials, settings()));
  }

  private MatrixSession register(String user) throws Exception {
    LoginOutcome outcome = registration(user, "pass-" + user);
    assertThat(outcome).isInstanceOf(LoginOutcome.LoggedIn.class);
    return ((LoginOutcome.LoggedIn) outcome).session();
  }

  private TestDevice device(MatrixSession session, CryptoStore store) throws Exception {
    return device(session, store, ALL);
  }

  private TestDevice device(MatrixSession session, CryptoStore store, OlmMachine.Settings settings)
      throws Exception {
    TestDevice device = new TestDevice(session, http, scheduler(), settings, store, ++seed);
    devices.add(device);
    device.client.start();
    await().until(() -> device.events.stream().anyMatch(EncryptedClientHomeserverTest::isSynced));
    await()
        .until(
            () -> get(device.client.withMachine(m -> m.outgoingRequests(Instant.now()))).isEmpty());
    return device;
  }

  private static boolean isSynced(ClientEvent event) {
    return event instanceof ClientEvent.Sync sync && sync.status() instanceof SyncStatus.Running;
  }

  private TestDevice device(String user) throws Exception {
    return device(register(user), new MemoryCryptoStore());
  }

  private Outcome send(TestDevice from, String text, TestDevice to) throws Exception {
    Map<DeviceAddress, Outcome> outcomes =
        get(from.client.toDevice().send(TYPE, text(text), Set.of(to.address)));
    assertThat(outcomes).containsOnlyKeys(to.address);
    return outcomes.values().iterator().next();
  }

  private static void awaitReceived(TestDevice device, String... texts) {
    await().untilAsserted(() -> assertThat(device.received).containsExactly(texts));
  }

  private FaultPlan.Active fault(String path, Fault fault) {
    return homeserver.faults().add(FaultRule.on(path, fault));
  }

  @Test
  void recvEvidenceMessagesGoBothWaysEncryptedAndNameTheSendingDevice() throws Exception {
    List<String> seenByServer = new CopyOnWriteArrayList<>();
    homeserver.requestLog().listen(exchange -> seenByServer.add(exchange.requestText()));
    TestDevice alice = device("alice");
    TestDevice bob = device("bob");
    assertThat(send(alice, "needle-one", bob)).isEqualTo(new Outcome.Sent());
    awaitReceived(bob, "needle-one");
    assertThat(bob.evidence)
        .containsExactly(new SenderEvidence.OlmDevice(alice.address, SenderEvidence.Trust.KNOWN));
    assertThat(send(bob, "needle-two", alice)).isEqualTo(new Outcome.Sent());
    awaitReceived(alice, "needle-two");
    assertThat(seenByServer)
        .anyMatch(request -> request.contains("/sendToDevice/m.room.encrypted/"))
        .noneMatch(request -> request.contains("needle"));
  }

  @Test
  void loginSentenceFailuresAreToldApart() throws Exception {
    MatrixSession session = register("alice");
    Credentials right = Credentials.of("alice", "pass-alice", "test");
    assertThat(login(Credentials.of("alice", "wrong", "test")))
        .isInstanceOf(LoginOutcome.WrongPassword.class);
    assertThat(registration("alice", "x")).isInstanceOf(LoginOutcome.NameTaken.class);
    assertThat(login(right.asDevice(session.deviceId()))).isInstanceOf(LoginOutcome.LoggedIn.class);
    homeserver.close();
    LoginOutcome failed = login(right);
    assertThat(failed).isInstanceOf(LoginOutcome.Failed.class);
    assertThat(((LoginOutcome.Failed) failed).failure()).isInstanceOf(ApiFailure.Unreachable.class);
    assertThat(failed.sentence())
        .contains(homeserver.baseUrl().toString())
        .doesNotContain("pass-alice");
    homeserver = EmbeddedHomeserver.start(HomeserverConfig.defaults());
  }

  @Test
  void syncLogoutAccountApiTellsWhoWeAreAndEndsTheLogin() throws Exception {
    TestDevice alice = device("alice");
    AccountApi account = alice.client.matrix().account();
    assertThat(get(account.versions()).orThrow().versions()).contains("v1.1");
    assertThat(get(account.whoami()).orThrow())
        .isEqualTo(new AccountApi.WhoAmI(alice.session.userId(), alice.session.deviceId()));
    assertThat(get(account.logout()).orThrow()).isTrue();
    await()
        .until(
            () ->
                alice.events.stream()
                    .anyMatch(
                        event ->
                            event instanceof ClientEvent.Sync sync
                                && sync.status() instanceof SyncStatus.Ended));
    assertThat(get(account.whoami()))
        .isInstanceOfSatisfying(
            ApiResult.Failed.class,
            failed -> assertThat(failed.failure()).isInstanceOf(ApiFailure.LoggedOut.class));
  }

  @Test
  void httpRetryLostAnswersAreRepeatedAndNothingArrivesTwice() throws Exception {
    TestDevice alice = device("alice");
    TestDevice bob = device("bob");
    List<FaultPlan.Active> faults =
        List.of(
            fault("/sendToDevice/", new Fault.DropAnswer()),
            fault("/keys/query", new Fault.DropAnswer()),
            fault("/keys/claim", new Fault.DropAnswer()));
    assertThat(send(alice, "once", bob)).isEqualTo(new Outcome.Sent());
    assertThat(send(alice, "twice", bob)).isEqualTo(new Outcome.Sent());
    awaitReceived(bob, "once", "twice");
    assertThat(faults).allMatch(active -> active.hits() == 1);
  }

  @Test
  void httpRetryAfterRateLimitsAndServerErrorsAreWaitedFor() throws Exception {
    TestDevice alice = device("alice");
    TestDevice bob = device("bob");
    List<FaultPlan.Active> faults =
        List.of(
            fault("/sendToDevice/", new Fault.TooManyRequests(Duration.ofSeconds(1))),
            fault("/sendToDevice/", new Fault.ServerError(502)),
            fault("/sendToDevice/", new Fault.DropRequest()));
    assertThat(send(alice, "late", bob)).isEqualTo(new Outcome.Sent());
    awaitReceived(bob, "late");
    assertThat(faults).allMatch(active -> active.hits() == 1);
  }

  @Test
  void sendOutcomesARefusalIsFinalAndReported() throws Exception {
    TestDevice alice = device("alice");
    TestDevice bob = device("bob");
    fault("/sendToDevice/", new Fault.ServerError(413));
    assertThat(send(alice, "refused", bob)).isInstanceOf(Outcome.Failed.class);
    assertThat(send(alice, "taken", bob)).isEqualTo(new Outcome.Sent());
    awaitReceived(bob, "taken");
  }

  @Test
  void syncBackoffTheHomeserverMayRestart() throws Exception {
    TestDevice alice = device("alice");
    TestDevice bob = device("bob");
    send(alice, "before", bob);
    awaitReceived(bob, "before");
    homeserver.restart();
    assertThat(send(alice, "after", bob)).isEqualTo(new Outcome.Sent());
    awaitReceived(bob, "before", "after");
  }

  @Test
  void syncResumeADeviceComesBackFromItsStoreAndMissesNothing() throws Exception {
    TestDevice alice = device("alice");
    CryptoStore store = new MemoryCryptoStore();
    MatrixSession session = register("bob");
    TestDevice bob = device(session, store);
    send(alice, "one", bob);
    awaitReceived(bob, "one");
    bob.close();
    send(alice, "two", bob);
    TestDevice back = device(session, store);
    awaitReceived(back, "two");
    assertThat(send(back, "hello again", alice)).isEqualTo(new Outcome.Sent());
    awaitReceived(alice, "hello again");
  }

  @Test
  void sendPolicyTheDefaultRefusesDevicesThatAreNotCrossSigned() throws Exception {
    TestDevice alice =
        device(register("alice"), new MemoryCryptoStore(), OlmMachine.Settings.defaults());
    TestDevice bob = device("bob");
    assertThat(send(alice, "no", bob)).isInstanceOf(Outcome.Refused.class);
    assertThat(send(bob, "ignored", alice)).isEqualTo(new Outcome.Sent());
    await().until(() -> alice.events.stream().anyMatch(ClientEvent.ToDevice.class::isInstance));
    assertThat(alice.received).isEmpty();
  }

  @Test
  void feedWholeRoomsAreMadeJoinedAndFollowed() throws Exception {
    TestDevice alice = device("alice");
    TestDevice bob = device("bob");
    RoomsApi rooms = alice.client.matrix().rooms();
    String room = get(rooms.createRoom(NewRoom.byInvitation().forCalls())).orThrow();
    get(rooms.invite(room, bob.session.userId())).orThrow();
    await() // SYNC-INVITE
        .untilAsserted(
            () ->
                assertThat(bob.events)
                    .filteredOn(ClientEvent.Room.class::isInstance)
                    .extracting(event -> ((ClientEvent.Room) event).changes())
                    .anyMatch(
                        changes ->
                            changes
                                .inviter(bob.session.userId())
                                .equals(Optional.of(alice.session.userId()))));

    List<RoomUpdate> seen = new CopyOnWriteArrayList<>();
    get(alice.client.followRoom(room, seen::add)).orThrow();
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).joined()).containsExactly(alice.session.userId());

    get(bob.client.matrix().rooms().join(room)).orThrow();
    await()
        .untilAsserted(
            () ->
                assertThat(seen)
                    .anyMatch(update -> update.joined().contains(bob.session.userId())));
    PublishOutcome published =
        get(
            bob.client
                .statePublisher(room)
                .putState(CallMemberEvent.TYPE, "_key", Json.newObject().put("x", 1)));
    assertThat(published).isInstanceOf(PublishOutcome.Published.class);
    await()
        .untilAsserted(
            () ->
                assertThat(seen.get(seen.size() - 1).events())
                    .singleElement()
                    .satisfies(
                        event -> {
                          assertThat(event.sender()).isEqualTo(bob.session.userId());
                          assertThat(event.stateKey()).isEqualTo("_key");
                          assertThat(event.content().path("x").intValue()).isEqualTo(1);
                        }));
    assertThat(get(alice.client.withMachine(OlmMachine::trackedUsers)))
        .as("devices in the call are followed")
        .contains(bob.session.userId());

    assertThat(
            get(
                bob.client
                    .statePublisher(room)
                    .putState("m.room.name", "", Json.newObject().put("name", "no"))))
        .isInstanceOf(PublishOutcome.Forbidden.class);
    assertThat(
            get(rooms.sendEvent(room, "m.room.message", "t1", Json.newObject().put("body", "x")))
                .orThrow())
        .startsWith("$");
    get(bob.client.matrix().rooms().leave(room)).orThrow();
    await()
        .untilAsserted(
            () ->
                assertThat(seen)
                    .anyMatch(update -> update.notJoined().contains(bob.session.userId())));
  }

  @Test
  void roomMessagesReachTheListener() throws Exception {
    TestDevice alice = device("alice");
    RoomsApi rooms = alice.client.matrix().rooms();
    String room = get(rooms.createRoom(Json.newObject())).orThrow();
    get(rooms.sendEvent(room, "m.room.message", "t1", Json.newObject().put("body", "hello")))
        .orThrow();
    await()
        .until(
            () ->
                alice.events.stream()
                    .anyMatch(
                        event ->
                            event instanceof ClientEvent.Room one
                                && one.roomId().equals(room)
                                && one.changes().timeline().stream()
                                    .anyMatch(e -> e.toString().contains("hello"))));
    assertThat(get(rooms.joinedMembers(room)).orThrow()).containsExactly(alice.session.userId());
  }

  @Test
  void pumpOrderSeveralSendsToManyAtOnce() throws Exception {
    TestDevice alice = device("alice");
    List<TestDevice> others = new ArrayList<>();
    Set<DeviceAddress> all = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      others.add(device("user" + i));
      all.add(others.get(i).address);
    }
    List<CompletionStage<Map<DeviceAddress, Outcome>>> ends = new ArrayList<>();
    String[] texts = {"0", "1", "2", "3", "4"};
    for (String text : texts) {
      ends.add(alice.client.toDevice().send(TYPE, text(text), all));
    }
    for (CompletionStage<Map<DeviceAddress, Outcome>> end : ends) {
      assertThat(get(end)).hasSize(8);
      assertThat(get(end).values()).containsOnly(new Outcome.Sent());
    }
    for (TestDevice other : others) {
      awaitReceived(other, texts);
    }
  }

  @Test
  void httpUnreachableSaysThatNothingListens() throws Exception {
    String address = homeserver.baseUrl().toString();
    homeserver.close();
    assertThat(login(Credentials.of("alice", "x", "test")).sentence())
        .isEqualTo(
            "The homeserver "
                + address
                + " does not answer (nothing listens there)."
                + " Check the address, that the server runs, and the network.");
  }

  @Test
  void secretsNoneInLogsAtAnyLevel() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger("io.matrixrtc");
    Level before = root.getLevel();
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    AppenderBase<ILoggingEvent> log =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
          }
        };
    log.start();
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    try {
      TestDevice alice = device("alice");
      TestDevice bob = device("bob");
      fault("/sendToDevice/", new Fault.DropAnswer());
      assertThat(send(alice, "the-secret-of-the-call", bob)).isEqualTo(new Outcome.Sent());
      awaitReceived(bob, "the-secret-of-the-call");
      login(Credentials.of("alice", "wrong-pass-alice", "test"));
      assertThat(lines).anyMatch(line -> line.contains("sendToDevice")); // it does log
      for (TestDevice device : List.of(alice, bob)) {
        String token = device.session.token().reveal();
        assertThat(lines).noneMatch(line -> line.contains(token));
      }
      assertThat(lines)
          .noneMatch(line -> line.contains("pass-alice"))
          .noneMatch(line -> line.contains("the-secret-of-the-call"));
    } finally {
      root.setLevel(before);
      root.detachAppender(log);
    }
  }

  /** Of another type nothing comes through the filter; the later one that does shows it. */
  @Test
  void syncAccountAChangeOfAskedForTypesIsTold() throws Exception {
    MatrixSession session = register("alice");
    MatrixClient other = new MatrixClient(session, settings());
    writeAccountData(other, "m.key_backup", "first");
    TestDevice alice =
        new TestDevice(session, http, scheduler(), TestDevice.ALL, new MemoryCryptoStore(), ++seed);
    devices.add(alice);
    List<String> told = new CopyOnWriteArrayList<>();
    for (String type : List.of("m.key_backup", "org.example.other")) {
      alice.client.onAccountData(
          type, content -> told.add(type + " " + content.path("v").asText()));
    }
    List<String> never = new CopyOnWriteArrayList<>();
    alice.client.onAccountData("m.key_backup", content -> never.add("told")).close();
    alice.client.onAccountData(
        "m.key_backup",
        content -> {
          throw new IllegalStateException("must not keep it from others");
        });
    List<String> last = new CopyOnWriteArrayList<>();
    alice.client.onAccountData("m.key_backup", content -> last.add(content.path("v").asText()));
    alice.client.start();
    await().until(() -> last.contains("first"));
    writeAccountData(other, "org.example.other", "hidden");
    writeAccountData(other, "m.key_backup", "second");
    await().until(() -> last.contains("second"));
    assertThat(told).containsExactly("m.key_backup first", "m.key_backup second");
    assertThat(last).containsExactly("first", "second");
    assertThat(never).isEmpty();
  }

  private static void writeAccountData(MatrixClient by, String type, String value)
      throws Exception {
    ObjectNode content = Json.newObject().put("v", value);
    String user = by.session().userId();
    get(by.api().call(ApiRequest.put(content, "v3", "user", user, "account_data", type))).orThrow();
  }

  /** What the answers to first syncs weigh, with and without the filter. */
  @Test
  void syncFilterMakesTheFirstSyncOfRoomsWithMuchStateSmaller() throws Exception {
    MatrixSession session = register("alice");
    MatrixClient client = new MatrixClient(session, settings());
    for (int room = 0; room < 5; room++) {
      ObjectNode create =
          Json.newObject().put("preset", "public_chat").put("topic", "t".repeat(200));
      for (int i = 0; i < 40; i++) {
        ObjectNode state = create.withArray("initial_state").addObject();
        state.put("type", "org.example.widget").put("state_key", "w" + i);
        state.putObject("content").put("url", "https://example.org/" + "x".repeat(300));
      }
      String id = get(client.rooms().createRoom(create)).orThrow();
      ObjectNode membership = Json.newObject().put("application", "m.call");
      get(client.rooms().sendState(id, CallMemberEvent.TYPE, "_@alice_X", membership)).orThrow();
      for (int i = 0; i < 25; i++) {
        get(client.rooms().sendEvent(id, "m.room.message", room + "-" + i, text("hello")))
            .orThrow();
      }
    }
    Map<String, SyncSettings> all =
        Map.of(
            "all", SyncSettings.defaults().withoutFilter(),
            "calls", SyncSettings.defaults());
    Map<String, Integer> bytes = new TreeMap<>();
    for (Map.Entry<String, SyncSettings> one : all.entrySet()) {
      Queue<Integer> sizes = new ConcurrentLinkedQueue<>();
      HttpTransport measured =
          new HttpTransport() {
            @Override
            public CompletionStage<HttpAnswer> send(HttpCall call) {
              CompletionStage<HttpAnswer> answer = http.send(call);
              return call.uri().getPath().endsWith("/sync")
                  ? answer.whenComplete(
                      (got, error) -> sizes.add(got == null ? 0 : got.body().length()))
                  : answer;
            }

            @Override
            public void close() {}
          };
      ClientSettings with = ClientSettings.of(measured, scheduler()).withSync(one.getValue());
      List<ClientEvent> events = new CopyOnWriteArrayList<>();
      try (EncryptedClient ignored =
          EncryptedClient.builder(session, with)
              .store(new MemoryCryptoStore(), StateKey.copyOf(new byte[StateKey.BYTES]))
              .listener(events::add)
              .start()) {
        await().until(() -> events.stream().anyMatch(EncryptedClientHomeserverTest::isSynced));
      }
      assertThat(events.stream().filter(ClientEvent.Room.class::isInstance)).hasSize(5);
      assertThat(events)
          .filteredOn(ClientEvent.Room.class::isInstance)
          .allSatisfy(
              event ->
                  assertThat(((ClientEvent.Room) event).changes().state())
                      .anyMatch(state -> state.path("type").asText().equals(CallMemberEvent.TYPE)));
      bytes.put(one.getKey(), sizes.element());
    }
    System.out.println("first sync of 5 rooms, characters: " + bytes);
    assertThat(bytes.get("calls")).isLessThan(Objects.requireNonNull(bytes.get("all")) / 2);
  }
}
