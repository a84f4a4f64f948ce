package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomDecryptionFailure;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyShare;
import io.matrixrtc.e2ee.RotationCause;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.WithheldCode;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted rooms over real HTTP, on the embedded homeserver. */
class EncryptedRoomsHomeserverTest {
  private static final String TYPE = "m.room.message";

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

  private TestDevice device(String user, boolean isNew) throws Exception {
    return device(user, isNew, ALL);
  }

  private TestDevice device(String user, boolean isNew, OlmMachine.Settings trust)
      throws Exception {
    ClientSettings settings = ClientSettings.of(http, scheduler());
    Credentials credentials = Credentials.of(user, "pass-" + user, "test");
    LoginOutcome outcome =
        get(
            isNew
                ? MatrixClient.register(homeserver.baseUrl(), credentials, settings)
                : MatrixClient.login(homeserver.baseUrl(), credentials, settings));
    TestDevice device =
        new TestDevice(
            outcome.orThrow(), http, scheduler(), trust, new MemoryCryptoStore(), ++seed);
    devices.add(device);
    device.client.start();
    get(device.client.published());
    return device;
  }

  private static RoomsApi rooms(TestDevice device) {
    return device.client.matrix().rooms();
  }

  private static String room(TestDevice creator, HistoryVisibility visibility) throws Exception {
    ObjectNode settings = Json.newObject();
    ObjectNode encryption = settings.putArray("initial_state").addObject();
    encryption.put("type", "m.room.encryption").put("state_key", "");
    encryption.putObject("content").put("algorithm", "m.megolm.v1.aes-sha2");
    ObjectNode history = settings.withArrayProperty("initial_state").addObject();
    history.put("type", "m.room.history_visibility").put("state_key", "");
    history.putObject("content").put("history_visibility", visibility.label());
    return get(rooms(creator).createRoom(settings)).orThrow();
  }

  private static void invite(TestDevice by, String room, TestDevice guest) throws Exception {
    get(rooms(by).invite(room, guest.session.userId())).orThrow();
    awaitMembership(by, room, guest, "invite");
  }

  private static void join(TestDevice guest, String room, TestDevice seenBy) throws Exception {
    get(rooms(guest).join(room)).orThrow();
    awaitMembership(seenBy, room, guest, "join");
  }

  private static void awaitMembership(
      TestDevice viewer, String room, TestDevice member, String membership) {
    await()
        .until(
            () ->
                viewer.events.stream()
                    .filter(ClientEvent.Room.class::isInstance)
                    .map(ClientEvent.Room.class::cast)
                    .filter(event -> event.roomId().equals(room))
                    .flatMap(event -> event.changes().state().stream())
                    .filter(e -> e.path("type").asText().equals("m.room.member"))
                    .filter(e -> e.path("state_key").asText().equals(member.session.userId()))
                    .reduce((a, b) -> b)
                    .filter(e -> e.path("content").path("membership").asText().equals(membership))
                    .isPresent());
  }

  private String sharedRoom(TestDevice creator, TestDevice... guests) throws Exception {
    String room = room(creator, HistoryVisibility.SHARED);
    for (TestDevice guest : guests) {
      invite(creator, room, guest);
      join(guest, room, creator);
    }
    return room;
  }

  private static ObjectNode body(String text) {
    return Json.newObject().put("msgtype", "m.text").put("body", text);
  }

  private static RoomSendOutcome.Sent send(TestDevice from, String room, String text)
      throws Exception {
    RoomSendOutcome outcome = get(from.client.rooms().send(room, TYPE, body(text)));
    assertThat(outcome).isInstanceOf(RoomSendOutcome.Sent.class);
    return (RoomSendOutcome.Sent) outcome;
  }

  /** What a device made of events, by event id; the last result counts. */
  private static Optional<RoomEventResult> result(TestDevice device, String eventId) {
    return device.events.stream()
        .filter(ClientEvent.RoomEvent.class::isInstance)
        .map(event -> ((ClientEvent.RoomEvent) event).result())
        .filter(result -> event(result).path("event_id").asText().equals(eventId))
        .reduce((a, b) -> b);
  }

  private static ObjectNode event(RoomEventResult result) {
    return result instanceof RoomEventResult.Decrypted decrypted
        ? decrypted.event()
        : ((RoomEventResult.UnableToDecrypt) result).event();
  }

  private static void awaitRead(TestDevice device, RoomSendOutcome.Sent sent, String text) {
    await()
        .untilAsserted(
            () ->
                assertThat(result(device, sent.eventId()))
                    .containsInstanceOf(RoomEventResult.Decrypted.class)
                    .get()
                    .extracting(found -> event(found).path("content").path("body").asText())
                    .isEqualTo(text));
  }

  private static RoomDecryptionFailure awaitRefused(TestDevice device, RoomSendOutcome.Sent sent) {
    await()
        .untilAsserted(
            () ->
                assertThat(result(device, sent.eventId()))
                    .containsInstanceOf(RoomEventResult.UnableToDecrypt.class));
    return ((RoomEventResult.UnableToDecrypt) result(device, sent.eventId()).orElseThrow())
        .failure();
  }

  private static RoomEventResult decrypt(
      TestDevice by, String room, ObjectNode event, TrustPolicy policy) throws Exception {
    return get(by.client.withMachine(m -> m.rooms().decrypt(room, event, policy)));
  }

  private static UserDevice address(TestDevice device) {
    return device.client.device();
  }

  private static void trust(TestDevice by, TestDevice device, LocalTrust trust) throws Exception {
    await().until(() -> get(by.client.withMachine(m -> m.find(address(device)))).isPresent());
    get(by.client.withMachine(m -> m.setLocalTrust(address(device), trust)));
  }

  @Test
  void roomsOrderMessagesGoBothWaysEncryptedAndInOrder() throws Exception {
    List<String> seenByServer = new CopyOnWriteArrayList<>();
    homeserver.requestLog().listen(exchange -> seenByServer.add(exchange.requestText()));
    TestDevice alice = device("alice", true);
    TestDevice bob = device("bob", true);
    String room = sharedRoom(alice, bob);
    List<CompletionStage<RoomSendOutcome>> sends = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sends.add(alice.client.rooms().send(room, TYPE, body("needle " + i)));
    }
    for (int i = 0; i < 5; i++) {
      RoomSendOutcome.Sent sent = (RoomSendOutcome.Sent) get(sends.get(i));
      assertThat(sent.encryption().index()).isEqualTo(i);
      assertThat(sent.encryption().shares())
          .isEqualTo(Map.of(address(bob), new RoomKeyShare.Served(0)));
      awaitRead(bob, sent, "needle " + i);
      awaitRead(alice, sent, "needle " + i);
    }
    awaitRead(alice, send(bob, room, "needle back"), "needle back");
    assertThat(
            bob.events.stream()
                .filter(ClientEvent.RoomEvent.class::isInstance)
                .map(event -> event(((ClientEvent.RoomEvent) event).result()))
                .map(event -> event.path("content").path("body").asText()))
        .startsWith("needle 0", "needle 1", "needle 2", "needle 3", "needle 4");
    assertThat(seenByServer)
        .anyMatch(request -> request.contains("/send/m.room.encrypted/"))
        .noneMatch(request -> request.contains("needle"));
  }

  @Test
  void roomsFollowWhoLeftGetsNoKeyOfLaterEvents() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice bob = device("bob", true);
    TestDevice carol = device("carol", true);
    String room = sharedRoom(alice, bob, carol);
    RoomSendOutcome.Sent before = send(alice, room, "with carol");
    awaitRead(carol, before, "with carol");
    get(rooms(carol).leave(room)).orThrow();
    awaitMembership(alice, room, carol, "leave");
    RoomSendOutcome.Sent after = send(alice, room, "without carol");
    assertThat(after.encryption().rotation()).contains(RotationCause.MEMBER_LEFT);
    assertThat(after.encryption().shares()).containsOnlyKeys(address(bob));
    awaitRead(bob, after, "without carol");
    ObjectNode leaked =
        Json.newObject()
            .put("type", "m.room.encrypted")
            .put("event_id", after.eventId())
            .put("sender", alice.session.userId());
    leaked.set("content", after.encryption().content());
    assertThat(decrypt(carol, room, leaked, TrustPolicy.ALL))
        .as("even if the server gave it to her")
        .isInstanceOfSatisfying(
            RoomEventResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.failure())
                    .isEqualTo(
                        new RoomDecryptionFailure.MissingRoomKey(
                            after.encryption().key(), Optional.empty())));
  }

  @Test
  void roomsFollowABlockedDeviceIsToldThatTheKeyIsWithheld() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice bob = device("bob", true);
    TestDevice carol = device("carol", true);
    String room = sharedRoom(alice, bob, carol);
    awaitRead(bob, send(alice, room, "for both"), "for both");
    trust(alice, bob, LocalTrust.BLOCKED);
    RoomSendOutcome.Sent sent = send(alice, room, "not for bob");
    assertThat(sent.encryption().rotation()).contains(RotationCause.DEVICE_EXCLUDED);
    assertThat(awaitRefused(bob, sent))
        .isEqualTo(
            new RoomDecryptionFailure.MissingRoomKey(
                sent.encryption().key(), Optional.of(WithheldCode.BLACKLISTED)));
    awaitRead(carol, sent, "not for bob");
  }

  @Test
  void roomsFollowAnInvitedMemberReadsFromTheInviteOnWhereTheVisibilityAllowsIt() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice bob = device("bob", true);
    String room = room(alice, HistoryVisibility.SHARED);
    RoomSendOutcome.Sent early = send(alice, room, "before the invite");
    invite(alice, room, bob);
    RoomSendOutcome.Sent invited = send(alice, room, "after the invite");
    assertThat(invited.encryption().shares()).containsOnlyKeys(address(bob));
    join(bob, room, alice);
    awaitRead(bob, invited, "after the invite");
    assertThat(awaitRefused(bob, early)).isInstanceOf(RoomDecryptionFailure.UnknownIndex.class);

    String closed = room(alice, HistoryVisibility.JOINED);
    invite(alice, closed, bob);
    assertThat(send(alice, closed, "for members").encryption().shares()).isEmpty();
    join(bob, closed, alice);
    awaitRead(bob, send(alice, closed, "bob is one"), "bob is one");
  }

  @Test
  void roomsRetryAnEventIsReadWhenItsKeyComesFromAnotherDeviceOfOurs() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice laptop = device("bob", true);
    String room = sharedRoom(alice, laptop);
    RoomSendOutcome.Sent sent = send(alice, room, "from before the phone");
    awaitRead(laptop, sent, "from before the phone");
    TestDevice phone = device("bob", false);
    RoomKeyId key = sent.encryption().key();
    assertThat(awaitRefused(phone, sent))
        .isEqualTo(new RoomDecryptionFailure.MissingRoomKey(key, Optional.empty()));
    trust(phone, laptop, LocalTrust.VERIFIED);
    trust(laptop, phone, LocalTrust.VERIFIED);
    boolean asked = get(phone.client.withMachine(m -> m.rooms().requestKey(key)));
    assertThat(asked).isTrue();
    awaitRead(phone, sent, "from before the phone");
    assertThat(phone.events).anyMatch(ClientEvent.KeyRequestNews.class::isInstance);
  }

  @Test
  void roomsRetryAnEventIsReadWhenItsSendersDeviceIsSigned() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice bob =
        device("bob", true, new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.CROSS_SIGNED));
    String room = sharedRoom(alice, bob);
    RoomSendOutcome.Sent sent = send(alice, room, "not signed yet");
    await()
        .untilAsserted(
            () ->
                assertThat(awaitRefused(bob, sent))
                    .isInstanceOf(RoomDecryptionFailure.UntrustedSender.class));
    assertThat(get(alice.client.crossSigning().bootstrap(UserAuthentication.none())))
        .isInstanceOf(SetupOutcome.Done.class);
    awaitRead(bob, sent, "not signed yet");
  }

  @Test
  void roomsWholeAfterARestartTheRoomsStateIsFetchedAgain() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice bob = device("bob", true);
    String room = sharedRoom(alice, bob);
    RoomSendOutcome.Sent first = send(alice, room, "one");
    alice.close();
    get(alice.client.ended());
    TestDevice again = new TestDevice(alice.session, http, scheduler(), ALL, alice.store, ++seed);
    devices.add(again);
    again.client.start();
    RoomSendOutcome.Sent second = send(again, room, "two");
    assertThat(second.encryption().key()).isEqualTo(first.encryption().key());
    assertThat(second.encryption().index()).isEqualTo(1);
    awaitRead(bob, second, "two");
  }

  @Test
  void aRoomThatIsNotEncryptedIsNotWrittenToAndAClosedClientSaysSo() throws Exception {
    TestDevice alice = device("alice", true);
    String plain = get(rooms(alice).createRoom(Json.newObject())).orThrow();
    assertThat(get(alice.client.rooms().send(plain, TYPE, body("x"))))
        .isEqualTo(new RoomSendOutcome.RoomNotEncrypted());
    assertThat(get(alice.client.rooms().send("!none:nowhere.example", TYPE, body("x"))))
        .isInstanceOf(RoomSendOutcome.Failed.class);
    alice.close();
    get(alice.client.ended());
    assertThatThrownBy(() -> get(alice.client.rooms().send(plain, TYPE, body("x"))))
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsReadIsTrustedAsTheClientsPolicySays() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice bob = device("bob", true);
    String room = sharedRoom(alice, bob);
    RoomSendOutcome.Sent sent = send(alice, room, "unsigned");
    awaitRead(bob, sent, "unsigned");
    ObjectNode raw =
        Json.newObject()
            .put("type", "m.room.encrypted")
            .put("event_id", sent.eventId())
            .put("sender", alice.session.userId());
    raw.set("content", sent.encryption().content());
    assertThat(decrypt(bob, room, raw, TrustPolicy.CROSS_SIGNED))
        .isInstanceOfSatisfying(
            RoomEventResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.failure())
                    .isInstanceOf(RoomDecryptionFailure.UntrustedSender.class));
  }
}
