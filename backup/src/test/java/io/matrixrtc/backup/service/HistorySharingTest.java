package io.matrixrtc.backup.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.sharing.BundleEvent;
import io.matrixrtc.backup.sharing.BundleInbox.Outcome;
import io.matrixrtc.backup.sharing.EncryptedFile;
import io.matrixrtc.backup.sharing.Forwarder;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LogoutOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UploadBody;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.RoomKeySource;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.homeserver.media.MediaPolicy;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.StateKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bundles from one user to another with the embedded homeserver, over HTTP, and attacks on that.
 */
class HistorySharingTest {
  private static final String PASSWORD = "one password";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private EmbeddedHomeserver server;
  private ClientThreads threads;
  private final List<Person> people = new ArrayList<>();
  private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedHomeserver.start(HomeserverConfig.defaults().withPort(0));
    server.requestLog().listen(exchanges::add);
    threads = ClientThreads.start();
  }

  @AfterEach
  void stop() {
    people.forEach(Person::close);
    threads.close();
    server.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** What became of a bundle. */
  private record Taken(String sender, Outcome outcome, int keys, String why) {}

  /** A user with one device and default policies, which may be closed and opened again. */
  private final class Person implements HistoryListener {
    final MatrixSession session;
    final MemoryCryptoStore store = new MemoryCryptoStore();
    final List<Taken> taken = new CopyOnWriteArrayList<>();
    final List<String> offered = new CopyOnWriteArrayList<>();
    Optional<BackupService> backup = Optional.empty();
    EncryptedClient client;
    HistorySharing sharing;

    Person(String name, boolean isNew) throws Exception {
      Credentials credentials = Credentials.of(name, PASSWORD, "test");
      session =
          get(isNew
                  ? MatrixClient.register(server.baseUrl(), credentials, threads.settings())
                  : MatrixClient.login(server.baseUrl(), credentials, threads.settings()))
              .orThrow();
      people.add(this);
      open();
    }

    void open() throws Exception {
      client =
          EncryptedClient.builder(session, threads.settings())
              .store(store, StateKey.copyOf(new byte[StateKey.BYTES]))
              .open();
      sharing = HistorySharing.open(client, backup, TestRandom.of(people.size()), this);
      client.start();
      get(client.published());
    }

    void close() {
      sharing.close();
      backup.ifPresent(BackupService::close);
      client.close();
    }

    Person signed() throws Exception {
      assertThat(
              get(
                  client
                      .crossSigning()
                      .bootstrap(UserAuthentication.password(session.userId(), PASSWORD))))
          .isInstanceOf(SetupOutcome.Done.class);
      await() // others see it only then
          .atMost(LIMIT)
          .until(() -> get(client.crossSigning().status()).signaturesToUpload().isEmpty());
      return this;
    }

    String id() {
      return session.userId();
    }

    DeviceAddress address() {
      return new DeviceAddress(session.userId(), session.deviceId());
    }

    String room(HistoryVisibility visibility) throws Exception {
      NewRoom room = NewRoom.byInvitation().encrypted().history(visibility);
      return get(client.matrix().rooms().createRoom(room)).orThrow();
    }

    RoomSendOutcome.Sent post(String room) throws Exception {
      ObjectNode content = Json.newObject().put("msgtype", "m.text").put("body", "long ago");
      return (RoomSendOutcome.Sent) get(client.rooms().send(room, "m.room.message", content));
    }

    boolean holds(RoomKeyId id) throws Exception {
      return new ArchiveVault(new ClientArchive(client)).held(id, "").isPresent();
    }

    Optional<Taken> takenFrom(Person sender) {
      return taken.stream().filter(one -> one.sender().equals(sender.id())).findFirst();
    }

    /** Sends keys of any room as the history of {@code room}, past all our own rules. */
    void offer(String room, Person to, List<ExportedRoomKey> keys, boolean bent) throws Exception {
      ObjectNode bundle = Json.newObject();
      ArrayNode list = bundle.putArray("room_keys");
      keys.forEach(key -> list.add(key.toBundleJson()));
      EncryptedFile.Encrypted file =
          EncryptedFile.encrypt(bundle.toString().getBytes(UTF_8), TestRandom.of(5));
      byte[] bytes = file.ciphertext().clone();
      bytes[0] ^= (byte) (bent ? 1 : 0);
      String url =
          get(client.matrix().media().upload(UploadBody.of("application/octet-stream", bytes)))
              .orThrow();
      assertThat(
              get(
                  client
                      .toDevice()
                      .send(
                          BundleEvent.TYPE,
                          new BundleEvent(room, file.at(url)).toJson(),
                          Set.of(to.address()))))
          .containsValue(new ToDeviceChannel.Outcome.Sent());
    }

    /** Follows somebody's devices, and waits until they are known. */
    void meet(Person other) throws Exception {
      get(new FreshDevices(client).of(other.id()));
    }

    @Override
    public void bundle(String room, String sender, Outcome outcome, int keys, String why) {
      taken.add(new Taken(sender, outcome, keys, why));
    }

    @Override
    public void offered(String room, String sender) {
      offered.add(sender);
    }
  }

  private Person alice() throws Exception {
    return new Person("alice", true).signed();
  }

  private Person bob() throws Exception {
    return new Person("bob", true).signed();
  }

  private static void assertReads(Person reader, Person author, String room, String eventId)
      throws Exception {
    ObjectNode event = event(reader, room, eventId);
    assertThat(event.path("sender").asText()).isEqualTo(author.id());
    assertThat(read(reader, room, event)).isInstanceOf(RoomEventResult.Decrypted.class);
  }

  /** An event as the homeserver hands it out to somebody. */
  private static ObjectNode event(Person to, String room, String eventId) throws Exception {
    return get(to.client.matrix().api().call(ApiRequest.get("v3", "rooms", room, "event", eventId)))
        .orThrow();
  }

  private static RoomEventResult read(Person reader, String room, ObjectNode event)
      throws Exception {
    return get(reader.client.withMachine(m -> m.rooms().decrypt(room, event, TrustPolicy.ALL)));
  }

  @Test
  void whoIsInvitedReadsWhatWasSentBefore_C71() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    RoomSendOutcome.Sent sent = alice.post(room);
    HistorySharing.Invited invited = get(alice.sharing.invite(room, bob.id()));
    assertThat(invited.invite().orThrow()).isTrue();
    assertThat(invited.history())
        .isInstanceOfSatisfying(
            ShareOutcome.Shared.class,
            shared -> {
              assertThat(shared.keys()).isEqualTo(1);
              assertThat(shared.devices()).containsOnlyKeys(bob.session.deviceId());
              assertThat(shared.devices()).containsValue(true);
            });
    RoomKeyId key = sent.encryption().key();
    assertThat(bob.holds(key)).isFalse();
    get(bob.sharing.accept(room, alice.id())).orThrow();
    await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
    assertThat(bob.takenFrom(alice)).contains(new Taken(alice.id(), Outcome.IMPORTED, 1, ""));
    assertReads(bob, alice, room, sent.eventId());
    assertThat(get(bob.sharing.forwarder(key))).map(Forwarder::userId).contains(alice.id());
    assertThat(get(alice.sharing.forwarder(key))).isEmpty(); // control: her own
  }

  /** Under the policy that leaves unsigned devices out, from a device that is gone since. */
  @Test
  void whoseDeviceIsGoneSinceIsBelievedAsItWasThen_C80() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    RoomKeyId key = alice.post(room).encryption().key();
    assertThat(get(alice.sharing.invite(room, bob.id())).history())
        .isInstanceOf(ShareOutcome.Shared.class);
    await().atMost(LIMIT).until(() -> bob.offered.contains(alice.id()));
    assertThat(get(alice.client.logout())).isInstanceOf(LogoutOutcome.LoggedOut.class);
    get(bob.sharing.accept(room, alice.id())).orThrow();
    await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
    assertThat(bob.takenFrom(alice)).contains(new Taken(alice.id(), Outcome.IMPORTED, 1, ""));
    assertThat(bob.holds(key)).isTrue();
  }

  /** Alice's own message gives Bob the same session: from then on he has it from her. */
  @Test
  void whenItsSenderSharesTheKeyTheForwarderIsGone_C83() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    RoomSendOutcome.Sent first = alice.post(room);
    RoomKeyId key = first.encryption().key();
    get(alice.sharing.invite(room, bob.id()));
    get(bob.sharing.accept(room, alice.id())).orThrow();
    await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
    assertThat(get(bob.sharing.forwarder(key))).isPresent(); // control
    assertThat(alice.post(room).encryption().key()).isEqualTo(key);
    await().atMost(LIMIT).until(() -> get(bob.sharing.forwarder(key)).isEmpty());
    RoomKeyInfo now = get(bob.client.withMachine(m -> m.rooms().keys().info(key))).orElseThrow();
    assertThat(now.source()).isEqualTo(RoomKeySource.DIRECT);
    assertThat(now.firstKnownIndex()).isZero();
    assertReads(bob, alice, room, first.eventId());
  }

  /** Bob is given nothing but the bundle, and goes while Alice is away; Carol stays. */
  @Test
  void bundleRotateWhoLeavesReadsNothingFurther_C78() throws Exception {
    Person alice = alice();
    Person bob = bob();
    Person carol = new Person("carol", true).signed();
    String room = alice.room(HistoryVisibility.SHARED);
    get(alice.client.matrix().rooms().invite(room, carol.id())).orThrow();
    get(carol.client.matrix().rooms().join(room)).orThrow();
    RoomSendOutcome.Sent before = alice.post(room);
    get(alice.sharing.invite(room, bob.id()));
    get(bob.sharing.accept(room, alice.id())).orThrow();
    await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
    alice.close();
    get(alice.client.ended());
    get(bob.client.matrix().rooms().leave(room)).orThrow();
    alice.open();
    RoomSendOutcome.Sent after = alice.post(room);

    assertThat(read(bob, room, event(alice, room, before.eventId()))) // control
        .isInstanceOf(RoomEventResult.Decrypted.class);
    assertThat(read(bob, room, event(alice, room, after.eventId())))
        .isInstanceOf(RoomEventResult.UnableToDecrypt.class);
    await().atMost(LIMIT).until(() -> carol.holds(after.encryption().key())); // control
    assertReads(carol, alice, room, after.eventId());
  }

  /** BUNDLE-FLAG: Bob may invite Carol in turn; BUNDLE-FORWARDER: she is shown that it was Bob. */
  @Test
  void bundleFlagAndForwarderOfWhatIsPassedOnTwice_C82() throws Exception {
    Person alice = alice();
    Person bob = bob();
    Person carol = new Person("carol", true).signed();
    String room = alice.room(HistoryVisibility.SHARED);
    RoomKeyId key = alice.post(room).encryption().key();
    get(alice.sharing.invite(room, bob.id()));
    get(bob.sharing.accept(room, alice.id())).orThrow();
    await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
    assertThat(get(bob.sharing.share(room, carol.id())))
        .isInstanceOfSatisfying(
            ShareOutcome.Shared.class, shared -> assertThat(shared.keys()).isEqualTo(1));
    get(bob.client.matrix().rooms().invite(room, carol.id())).orThrow();
    get(carol.sharing.accept(room, bob.id())).orThrow();
    await().atMost(LIMIT).until(() -> carol.holds(key));
    assertThat(get(carol.sharing.forwarder(key))).map(Forwarder::userId).contains(bob.id());
  }

  @Test
  void bundleVisibilityThatIsRestrictedSharesNothingAndInvites_C77() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.JOINED);
    alice.post(room);
    HistorySharing.Invited invited = get(alice.sharing.invite(room, bob.id()));
    assertThat(invited.history())
        .isEqualTo(new ShareOutcome.NotShared(ShareOutcome.Reason.VISIBILITY));
    assertThat(invited.invite().orThrow()).isTrue();
    assertThat(uploads()).isZero();

    String open = alice.room(HistoryVisibility.WORLD_READABLE); // control
    alice.post(open);
    assertThat(get(alice.sharing.invite(open, bob.id())).history())
        .isInstanceOf(ShareOutcome.Shared.class);
    assertThat(uploads()).isOne();
  }

  private long uploads() {
    return exchanges.stream()
        .filter(one -> one.path().endsWith("/upload"))
        .filter(one -> one.path().contains("/media/"))
        .count();
  }

  @Test
  void bundleOwnIdentityIsNeededAndTheInviteGoesAllTheSame() throws Exception {
    Person alice = new Person("alice", true);
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    alice.post(room);
    HistorySharing.Invited invited = get(alice.sharing.invite(room, bob.id()));
    assertThat(invited.history())
        .isEqualTo(new ShareOutcome.NotShared(ShareOutcome.Reason.NOT_CROSS_SIGNED));
    assertThat(invited.invite().orThrow()).isTrue();
    alice.signed(); // control
    assertThat(get(alice.sharing.share(room, bob.id()))).isInstanceOf(ShareOutcome.Shared.class);
  }

  @Test
  void bundleDevicesAreThoseThatTheirOwnerSignedOnly_C85() throws Exception {
    Person alice = alice();
    Person bob = new Person("bob", true);
    String room = alice.room(HistoryVisibility.SHARED);
    alice.post(room);
    assertThat(get(alice.sharing.share(room, bob.id())))
        .isEqualTo(new ShareOutcome.NotShared(ShareOutcome.Reason.NO_SIGNED_DEVICE));
    bob.signed(); // control
    Person second = new Person("bob", false); // not signed
    assertThat(get(alice.sharing.share(room, bob.id())))
        .isInstanceOfSatisfying(
            ShareOutcome.Shared.class,
            shared ->
                assertThat(shared.devices())
                    .containsOnlyKeys(bob.session.deviceId())
                    .doesNotContainKey(second.session.deviceId()));
  }

  /** BUNDLE-INVITE: the upload fails, the invite goes. */
  @Test
  void bundleInviteGoesThoughTheBundleFails() throws Exception {
    server.close();
    server =
        EmbeddedHomeserver.start(
            HomeserverConfig.defaults()
                .withPort(0)
                .withMedia(MediaPolicy.defaults().withMaxUploadBytes(10)));
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    alice.post(room);
    HistorySharing.Invited invited = get(alice.sharing.invite(room, bob.id()));
    assertThat(invited.history()).isInstanceOf(ShareOutcome.Failed.class);
    assertThat(invited.invite().orThrow()).isTrue();
  }

  /** An attack: somebody in the room who did not invite us sends keys; the inviter's are taken. */
  @Test
  void bundleAcceptNothingFromSomebodyWhoDidNotInvite_C87() throws Exception {
    Person alice = alice();
    Person bob = bob();
    Person mallory = new Person("mallory", true).signed();
    String room = alice.room(HistoryVisibility.SHARED);
    RoomKeyId genuine = alice.post(room).encryption().key();
    get(alice.client.matrix().rooms().invite(room, mallory.id())).orThrow();
    get(mallory.client.matrix().rooms().join(room)).orThrow();
    mallory.meet(bob);
    try (ExportedRoomKey forged = TestKeys.roomKey(room, 1, 0, true)) {
      mallory.offer(room, bob, List.of(forged), false);
      await().atMost(LIMIT).until(() -> bob.offered.contains(mallory.id()));
      get(alice.sharing.invite(room, bob.id()));
      get(bob.sharing.accept(room, alice.id())).orThrow();
      await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
      mallory.offer(room, bob, List.of(forged), false); // again, now that we are in the room
      await()
          .atMost(LIMIT)
          .until(() -> bob.offered.stream().filter(mallory.id()::equals).count() == 2);
      assertThat(bob.holds(genuine)).isTrue();
      assertThat(bob.holds(forged.id())).isFalse();
      assertThat(bob.takenFrom(mallory)).isEmpty();
    }
  }

  /** Attacks of the inviter: keys of another room, and a file that was changed on the server. */
  @Test
  void bundleRoomOfAnotherAndBentFilesBringNothing() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    String bentRoom = alice.room(HistoryVisibility.SHARED);
    alice.meet(bob);
    try (ExportedRoomKey own = TestKeys.roomKey(room, 1, 0, true);
        ExportedRoomKey bent = TestKeys.roomKey(bentRoom, 2, 0, true);
        ExportedRoomKey other = TestKeys.roomKey("!other:localhost", 3, 0, true)) {
      for (String one : List.of(room, bentRoom)) {
        get(alice.client.matrix().rooms().invite(one, bob.id())).orThrow();
        get(bob.sharing.accept(one, alice.id())).orThrow();
      }
      alice.offer(room, bob, List.of(other, own), false);
      await().atMost(LIMIT).until(() -> bob.taken.size() == 1);
      alice.offer(bentRoom, bob, List.of(bent), true);
      await().atMost(LIMIT).until(() -> bob.taken.size() == 2);
      assertThat(bob.holds(own.id())).isTrue(); // control
      assertThat(bob.holds(other.id())).isFalse();
      assertThat(bob.holds(bent.id())).isFalse();
      assertThat(bob.taken)
          .extracting(Taken::outcome)
          .containsExactly(Outcome.IMPORTED, Outcome.HOPELESS);
    }
  }

  /** A device that its owner did not sign is not believed until it is (BUNDLE-SENDER). */
  @Test
  void bundleSenderThatIsNotSignedWaitsUntilItIs_C85() throws Exception {
    Person alice = new Person("alice", true);
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    alice.meet(bob);
    try (ExportedRoomKey key = TestKeys.roomKey(room, 1, 0, true)) {
      get(alice.client.matrix().rooms().invite(room, bob.id())).orThrow();
      get(bob.sharing.accept(room, alice.id())).orThrow();
      alice.offer(room, bob, List.of(key), false);
      await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
      assertThat(bob.takenFrom(alice)).map(Taken::outcome).contains(Outcome.FAILED);
      assertThat(bob.holds(key.id())).isFalse();
      alice.signed();
      bob.close();
      get(bob.client.ended());
      bob.open(); // takes up what was not finished
      await().atMost(LIMIT).until(() -> bob.holds(key.id()));
    }
  }

  @Test
  void bundleDurableStoppedWhileTheServerFailsItIsImportedAfterARestart_C76() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    RoomKeyId key = alice.post(room).encryption().key();
    FaultPlan.Active fault =
        server
            .faults()
            .add(
                FaultRule.on("/media/download/", new Fault.ServerError(502))
                    .method("GET")
                    .always());
    get(alice.sharing.invite(room, bob.id()));
    get(bob.sharing.accept(room, alice.id())).orThrow();
    await().atMost(LIMIT).until(() -> bob.takenFrom(alice).isPresent());
    assertThat(bob.takenFrom(alice)).map(Taken::outcome).contains(Outcome.FAILED);
    bob.close();
    get(bob.client.ended());
    fault.remove();
    bob.open();
    await().atMost(LIMIT).until(() -> bob.holds(key));
  }

  @Test
  void bundleAcceptNotAfterLeaving_C74() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    alice.meet(bob);
    try (ExportedRoomKey key = TestKeys.roomKey(room, 1, 0, true)) {
      get(alice.client.matrix().rooms().invite(room, bob.id())).orThrow();
      get(bob.sharing.accept(room, alice.id())).orThrow();
      get(bob.client.matrix().rooms().leave(room)).orThrow();
      alice.offer(room, bob, List.of(key), false);
      await().atMost(LIMIT).until(() -> bob.offered.contains(alice.id()));
      assertThat(bob.holds(key.id())).isFalse();
      get(alice.client.matrix().rooms().invite(room, bob.id())).orThrow();
      get(bob.sharing.accept(room, alice.id())).orThrow(); // control
      await().atMost(LIMIT).until(() -> bob.holds(key.id()));
    }
  }

  /** BUNDLE-BACKUP: keys that are only in the backup are brought first, once. */
  @Test
  void bundleBackupOfTheRoomIsFetchedBeforeInvitingOnce_C75() throws Exception {
    Person alice = alice();
    Person bob = bob();
    String room = alice.room(HistoryVisibility.SHARED);
    RoomKeyId key = TestKeys.roomKey(room, 1, 0, true).id();
    BackupListener quiet = new BackupListener() {};
    try (BackupService writer =
        BackupService.open(alice.client, directory.resolve("w"), TestRandom.of(3), quiet)) {
      get(writer.check());
      BackupKey made = get(writer.create(TestRandom.of(4), 0)).orThrow();
      RoomKeysApi api = new RoomKeysApi(alice.client.matrix().api());
      BackupVersion version = ((VersionAnswer.Current) get(api.version())).version();
      ObjectNode rooms = Json.newObject();
      try (ExportedRoomKey held = TestKeys.roomKey(room, 1, 0, true)) {
        rooms
            .putObject("rooms")
            .putObject(room)
            .putObject("sessions")
            .set(held.id().sessionId(), BackupEntry.seal(held, made.publicKey(), TestRandom.of(6)));
      }
      get(api.put(version.version(), rooms)).orThrow();
      await().atMost(LIMIT).until(() -> get(writer.rooms().readableVersion()).isPresent());
      get(writer.pauseDownload());
      made.close();

      alice.sharing.close();
      alice.sharing =
          HistorySharing.open(alice.client, Optional.of(writer), TestRandom.of(9), alice);
      for (int i = 0; i < 2; i++) {
        assertThat(get(alice.sharing.share(room, bob.id())))
            .isInstanceOfSatisfying(
                ShareOutcome.Shared.class, shared -> assertThat(shared.keys()).isEqualTo(1));
      }
      assertThat(alice.holds(key)).isTrue();
      assertThat(exchanges.stream().filter(one -> isRoomFetch(one)).count()).isOne();
    }
  }

  private static boolean isRoomFetch(Exchange one) {
    return one.method().equals("GET") && one.path().contains("/room_keys/keys/");
  }
}
