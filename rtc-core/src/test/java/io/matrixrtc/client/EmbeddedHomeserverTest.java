package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomUpdate;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The real client against the embedded homeserver, over HTTP. */
@Timeout(60)
class EmbeddedHomeserverTest {
  private static final String TYPE = "io.example.key";
  private static final String PASSWORD = "correct-horse-battery";

  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final HttpTransport http = new JdkHttpTransport(pool);
  private final List<Member> members = new ArrayList<>();
  private EmbeddedHomeserver homeserver;

  @BeforeEach
  void start() throws Exception {
    homeserver = EmbeddedHomeserver.start(HomeserverConfig.defaults());
  }

  @AfterEach
  void stop() {
    members.forEach(member -> member.client.close());
    homeserver.close();
    pool.shutdownNow();
  }

  private static <T> T wait(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(40, TimeUnit.SECONDS).join();
  }

  private ClientSettings settings() {
    return ClientSettings.of(http, new PoolScheduler(pool, Clock.systemUTC()))
        .withLongPoll(Duration.ofSeconds(5))
        .withRetries(
            new RetryPolicy(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(30)));
  }

  private final class Member implements ToDeviceChannel.Listener {
    final EncryptedClient client;
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    final BlockingQueue<SenderEvidence> senders = new LinkedBlockingQueue<>();
    final BlockingQueue<String> cleartext = new LinkedBlockingQueue<>();
    final BlockingQueue<ClientEvent> events = new LinkedBlockingQueue<>();

    Member(String user, String device) throws CryptoStoreException {
      ClientSettings settings = settings();
      LoginOutcome registered =
          EmbeddedHomeserverTest.wait(
              MatrixClient.register(
                  homeserver.baseUrl(),
                  Credentials.of(user, PASSWORD, "test").asDevice(device),
                  settings));
      assertThat(registered).isInstanceOf(LoginOutcome.LoggedIn.class);
      client =
          new EncryptedClient(
              new MatrixClient(((LoginOutcome.LoggedIn) registered).session(), settings),
              new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.ALL),
              new MemoryCryptoStore(),
              StateKey.generate(RandomSource.secure()),
              RandomSource.secure(),
              events::add);
      client.toDevice().subscribe(TYPE, this);
      client.start();
      members.add(this);
    }

    @Override
    public void onEncrypted(SenderEvidence from, ObjectNode content) {
      senders.add(from);
      received.add(content.path("text").asText());
    }

    @Override
    public void onCleartext(String userId, ObjectNode content) {
      cleartext.add(userId);
    }

    DeviceAddress address() {
      return new DeviceAddress(client.device().userId(), client.device().deviceId());
    }

    Map<DeviceAddress, Outcome> send(String text, Member to) {
      ObjectNode content = Json.newObject().put("text", text);
      return EmbeddedHomeserverTest.wait(
          client.toDevice().send(TYPE, content, Set.of(to.address())));
    }

    void awaitUpload() throws InterruptedException {
      // The first sync follows the upload of the keys closely, but does not wait for it.
      while (!isPublished()) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }

    private boolean isPublished() {
      ObjectNode body = Json.newObject();
      body.putObject("device_keys").putArray(client.device().userId());
      return EmbeddedHomeserverTest.wait(client.matrix().keys().query(body))
          .orThrow()
          .path("device_keys")
          .path(client.device().userId())
          .has(client.device().deviceId());
    }
  }

  private void assertDelivered(Member from, Member to, String text) throws Exception {
    assertThat(from.send(text, to)).isEqualTo(Map.of(to.address(), new Outcome.Sent()));
    assertThat(to.received.poll(20, TimeUnit.SECONDS)).isEqualTo(text);
    assertThat(to.senders.poll(20, TimeUnit.SECONDS))
        .isEqualTo(new SenderEvidence.OlmDevice(from.address(), SenderEvidence.Trust.KNOWN));
  }

  @Test
  void bothWaysThroughOlm() throws Exception {
    Member alice = new Member("alice", "PHONE");
    Member bob = new Member("bob", "LAPTOP");
    assertDelivered(alice, bob, "one");
    assertDelivered(bob, alice, "two");
    for (int i = 0; i < 20; i++) {
      assertDelivered(alice, bob, "a" + i);
      assertDelivered(bob, alice, "b" + i);
    }
  }

  @Test
  void HTTP_RETRY_faultsOnTheWay_deliverOnceAndInOrder() throws Exception {
    Member alice = new Member("alice", "PHONE");
    Member bob = new Member("bob", "LAPTOP");
    assertDelivered(alice, bob, "warm up");
    List<Fault> faults =
        List.of(
            new Fault.DropAnswer(),
            new Fault.DropRequest(),
            new Fault.ServerError(503),
            new Fault.TooManyRequests(Duration.ofMillis(50)));
    for (Fault fault : faults) {
      FaultPlan.Active active =
          homeserver.faults().add(FaultRule.on("/sendToDevice/", fault).times(2));
      assertDelivered(alice, bob, fault.toString());
      assertThat(active.hits()).isEqualTo(2);
    }
    homeserver.faults().add(FaultRule.on("/sync", new Fault.DropAnswer()).times(4));
    assertDelivered(bob, alice, "through broken syncs");
    assertDelivered(alice, bob, "last");
    assertThat(bob.received).isEmpty(); // nothing came twice
  }

  @Test
  void SYNC_BACKOFF_aRestartOfTheServerIsSurvived() throws Exception {
    Member alice = new Member("alice", "PHONE");
    Member bob = new Member("bob", "LAPTOP");
    assertDelivered(alice, bob, "before");
    homeserver.restart();
    assertDelivered(alice, bob, "after");
    assertDelivered(bob, alice, "back");
  }

  @Test
  void roomsSessionsAndRawMessages() throws Exception {
    Member alice = new Member("alice", "PHONE");
    Member bob = new Member("bob", "LAPTOP");
    MatrixClient matrix = alice.client.matrix();
    String room =
        wait(matrix.rooms().createRoom(Json.newObject().put("preset", "public_chat"))).orThrow();
    PublishOutcome published =
        wait(
            alice
                .client
                .statePublisher(room)
                .putState(
                    CallMemberEvent.TYPE,
                    "_@alice:localhost_PHONE",
                    Json.newObject().put("application", "m.call")));
    assertThat(published).isInstanceOf(PublishOutcome.Published.class);
    BlockingQueue<RoomUpdate> updates = new LinkedBlockingQueue<>();
    assertThat(wait(bob.client.followRoom(room, updates::add)))
        .isInstanceOf(ApiResult.Failed.class); // bob is not in the room
    assertThat(wait(bob.client.matrix().rooms().join(room)).orThrow()).isEqualTo(room);
    wait(bob.client.followRoom(room, updates::add)).orThrow();
    RoomUpdate whole = updates.poll(20, TimeUnit.SECONDS);
    assertThat(whole).isNotNull();
    assertThat(whole.joined()).containsExactlyInAnyOrder("@alice:localhost", "@bob:localhost");
    assertThat(whole.events())
        .extracting(CallMemberEvent::stateKey)
        .containsExactly("_@alice:localhost_PHONE");
    assertThat(wait(matrix.rooms().joinedMembers(room)).orThrow())
        .containsExactlyInAnyOrder("@alice:localhost", "@bob:localhost");
    assertThat(
            wait(
                bob.client
                    .statePublisher(room)
                    .putState("m.room.power_levels", "", Json.newObject())))
        .isInstanceOf(PublishOutcome.Forbidden.class);
    wait(matrix.rooms().leave(room)).orThrow();
    RoomUpdate left = updates.poll(20, TimeUnit.SECONDS);
    while (left != null && !left.notJoined().contains("@alice:localhost")) {
      left = updates.poll(20, TimeUnit.SECONDS);
    }
    assertThat(left).isNotNull();

    ObjectNode raw = Json.newObject();
    raw.putObject("messages").putObject("@bob:localhost").putObject("LAPTOP").put("text", "x");
    wait(matrix.toDevice().send(TYPE, "txn", raw)).orThrow();
    assertThat(bob.cleartext.poll(20, TimeUnit.SECONDS)).isEqualTo("@alice:localhost");
    assertThat(bob.received).isEmpty();
  }

  @Test
  void roomMessagesReachTheListener() throws Exception {
    Member alice = new Member("alice", "PHONE");
    String room = wait(alice.client.matrix().rooms().createRoom(Json.newObject())).orThrow();
    wait(alice
            .client
            .matrix()
            .rooms()
            .sendEvent(room, "m.room.message", "t1", Json.newObject().put("body", "hello")))
        .orThrow();
    ClientEvent event = alice.events.poll(20, TimeUnit.SECONDS);
    while (event != null
        && !(event instanceof ClientEvent.Room one
            && one.changes().timeline().stream()
                .anyMatch(e -> e.path("content").path("body").asText().equals("hello")))) {
      event = alice.events.poll(20, TimeUnit.SECONDS);
    }
    assertThat(event).isNotNull();
  }

  @Test
  void loginComesBackAsTheSameDevice_wrongPasswordSaysSo_logoutEndsTheSync() throws Exception {
    Member alice = new Member("alice", "PHONE");
    URI address = homeserver.baseUrl();
    ClientSettings settings = settings();
    LoginOutcome wrong =
        wait(MatrixClient.login(address, Credentials.of("alice", "nope", "x"), settings));
    assertThat(wrong).isEqualTo(new LoginOutcome.WrongPassword("alice", address.toString()));
    LoginOutcome taken =
        wait(MatrixClient.register(address, Credentials.of("alice", "x", "x"), settings));
    assertThat(taken).isEqualTo(new LoginOutcome.NameTaken());
    LoginOutcome again =
        wait(
            MatrixClient.login(
                address, Credentials.of("alice", PASSWORD, "x").asDevice("SECOND"), settings));
    MatrixSession session = ((LoginOutcome.LoggedIn) again).session();
    assertThat(session.deviceId()).isEqualTo("SECOND");
    MatrixClient second = new MatrixClient(session, settings);
    assertThat(wait(second.account().whoami()).orThrow())
        .isEqualTo(new AccountApi.WhoAmI("@alice:localhost", "SECOND"));
    assertThat(wait(second.account().versions()).orThrow()).isNotEmpty();
    wait(alice.client.matrix().account().logout()).orThrow();
    ClientEvent event = alice.events.poll(20, TimeUnit.SECONDS);
    while (event != null
        && !(event instanceof ClientEvent.Sync sync && sync.status() instanceof SyncStatus.Ended)) {
      event = alice.events.poll(20, TimeUnit.SECONDS);
    }
    assertThat(event).isNotNull();
  }

  @Test
  void HTTP_UNREACHABLE_aServerThatIsDown() {
    URI address = homeserver.baseUrl();
    homeserver.close();
    LoginOutcome outcome =
        wait(MatrixClient.login(address, Credentials.of("a", "b", "c"), settings()));
    assertThat(outcome.sentence())
        .isEqualTo(
            "The homeserver "
                + address
                + " does not answer (nothing listens there)."
                + " Check the address, that the server runs, and the network.");
  }

  @Test
  void SECRETS_noneInLogsAtAnyLevel() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger("io.matrixrtc");
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    try {
      Member alice = new Member("alice", "PHONE");
      Member bob = new Member("bob", "LAPTOP");
      homeserver.faults().add(FaultRule.on("/sendToDevice/", new Fault.DropAnswer()));
      assertDelivered(alice, bob, "the-secret-of-the-call");
      List<String> lines = new ArrayList<>();
      for (ILoggingEvent event : List.copyOf(log.list)) {
        lines.add(event.getFormattedMessage());
      }
      assertThat(lines).anyMatch(line -> line.contains("sendToDevice")); // it does log
      for (Member member : List.of(alice, bob)) {
        String token = member.client.matrix().session().token().reveal();
        assertThat(lines).noneMatch(line -> line.contains(token));
      }
      assertThat(lines)
          .noneMatch(line -> line.contains(PASSWORD))
          .noneMatch(line -> line.contains("the-secret-of-the-call"));
    } finally {
      root.setLevel(before);
      root.detachAppender(log);
    }
  }

  @Test
  void manyAtOnce() throws Exception {
    Member alice = new Member("alice", "PHONE");
    List<Member> others = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      others.add(new Member("user" + i, "D" + i));
    }
    for (Member other : others) {
      other.awaitUpload();
    }
    List<CompletableFuture<Map<DeviceAddress, Outcome>>> ends = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      Set<DeviceAddress> all = new java.util.HashSet<>();
      others.forEach(other -> all.add(other.address()));
      ends.add(
          alice
              .client
              .toDevice()
              .send(TYPE, Json.newObject().put("text", "round " + round), all)
              .toCompletableFuture());
    }
    for (CompletableFuture<Map<DeviceAddress, Outcome>> end : ends) {
      assertThat(wait(end)).hasSize(8).containsValues(new Outcome.Sent());
      assertThat(wait(end).values()).containsOnly(new Outcome.Sent());
    }
    for (Member other : others) {
      for (int round = 0; round < 5; round++) {
        assertThat(other.received.poll(20, TimeUnit.SECONDS)).isEqualTo("round " + round);
      }
    }
  }
}
