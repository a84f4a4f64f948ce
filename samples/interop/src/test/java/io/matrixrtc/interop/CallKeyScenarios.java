package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.KeysApi;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyRefusal;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.olm.RandomSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What must work between us and a peer, whatever the peer is made of. */
@Tag("interop")
abstract class CallKeyScenarios {
  static final Duration SOON = Duration.ofSeconds(30);
  static final String KEYS = "io.element.call.encryption_keys";
  static final String TYPE = "org.example.test";

  private World world;

  /** Starts a peer of the kind under test. */
  abstract List<String> command();

  /** Whether its Olm messages carry its device keys (MSC4147). */
  abstract boolean sendsDeviceKeys();

  /**
   * Waits until devices that share a room know each other as far as the peers need it: upstream
   * counts a device that it does not know as served and never tries again, and nobody can tell
   * whose a message without device keys is. Ours know nobody beforehand where that does no harm.
   */
  void acquaint(List<OurDevice> ours, List<Peer> peers) throws Exception {
    for (Peer peer : peers) {
      for (OurDevice one : ours) {
        await().atMost(SOON).until(() -> peer.knows(one.address()));
        if (!sendsDeviceKeys()) {
          getToKnow(one, peer);
        }
      }
      for (Peer other : peers) {
        await().atMost(SOON).until(() -> peer.equals(other) || peer.knows(other.address()));
      }
    }
  }

  static void getToKnow(OurDevice one, Peer peer) {
    one.follow(peer.address().userId());
    await().atMost(SOON).until(() -> one.knows(peer.address()));
  }

  @BeforeEach
  void start(TestInfo info) throws Exception {
    String method = info.getTestMethod().orElseThrow().getName();
    world = new World(getClass().getSimpleName() + "." + method);
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  World world() {
    return world;
  }

  /** Logs in a new user. */
  Peer peer(String user, String device) throws Exception {
    return world.peer(command(), world.account(user), device);
  }

  static ObjectNode text(String text) {
    return Json.newObject().put("text", text);
  }

  static List<String> texts(OurDevice device) {
    return device.decrypted(TYPE).stream().map(one -> one.content().path("text").asText()).toList();
  }

  static List<String> texts(Peer peer) {
    return peer.received(TYPE).stream().map(one -> one.content().path("text").asText()).toList();
  }

  /** Each of the parties has the key that each other one encrypts with. */
  static void awaitKeysOfAll(List<? extends CallParty> parties) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              for (CallParty sender : parties) {
                for (CallParty receiver : parties) {
                  assertThat(receiver.keysOf(sender.address()))
                      .as("%s has of %s", receiver.address(), sender.address())
                      .endsWith(sender.ownKey());
                }
              }
            });
  }

  @Test
  void callKeysGoBothWaysAndTheSenderIsTheRightDevice() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    bob.joinRoom(room);
    acquaint(List.of(alice), List.of(bob));
    OurCall call = OurCall.join(alice, room);
    bob.joinCall(room);

    awaitKeysOfAll(List.of(call, bob));
    assertThat(call.evidenceOf(bob.address()))
        .isNotEmpty()
        .containsOnly(new SenderEvidence.OlmDevice(bob.address(), SenderEvidence.Trust.KNOWN));
    assertThat(bob.received(KEYS))
        .isNotEmpty()
        .allSatisfy(
            received -> {
              assertThat(received.encrypted()).isTrue();
              assertThat(received.sender()).isEqualTo(alice.address().userId());
              assertThat(received.senderDevice()).isEqualTo(alice.address().deviceId());
              assertThat(received.senderKey()).isEqualTo(alice.curve25519());
            });
    assertThat(call.refusals()).isEmpty();
  }

  /** The control: what fails here is not ours. */
  @Test
  void peersGiveEachOtherKeysOnOurHomeserver() throws Exception {
    String room = world.room(world.ours("alice"));
    Peer bob = peer("bob", "BOBDEVICE");
    Peer carol = peer("carol", "CAROLDEVICE");
    bob.joinRoom(room);
    carol.joinRoom(room);
    acquaint(List.of(), List.of(bob, carol));
    bob.joinCall(room);
    carol.joinCall(room);
    awaitKeysOfAll(List.of(bob, carol));
  }

  @Test
  void devicesThatAreNewDuringTheCallGetAndGiveKeys() throws Exception {
    MatrixSession session = world.register("alice");
    OurDevice alice = world.ours(session);
    String room = world.room(alice);
    Peer.Account bobs = world.account("bob");
    Peer bob = world.peer(command(), bobs, "BOBDEVICE");
    bob.joinRoom(room);
    acquaint(List.of(alice), List.of(bob));
    OurCall phone = OurCall.join(alice, room);
    bob.joinCall(room);
    awaitKeysOfAll(List.of(phone, bob));

    Peer tablet = world.peer(command(), bobs, "BOBTABLET");
    tablet.joinRoom(room);
    acquaint(List.of(alice), List.of(bob, tablet));
    tablet.joinCall(room);
    awaitKeysOfAll(List.of(phone, bob, tablet));

    OurDevice other = world.ours(world.login(session.userId()));
    acquaint(List.of(alice, other), List.of(bob, tablet));
    OurCall laptop = OurCall.join(other, room);
    awaitKeysOfAll(List.of(phone, bob, tablet, laptop));
    assertThat(phone.refusals()).isEmpty();
    assertThat(laptop.refusals()).isEmpty();
  }

  /** The key comes in the same sync as the news that there is such a device, or before it. */
  @Test
  void aCallKeyOfADeviceThatWeHaveNeverSeenIsTakenAndItsDeviceAskedFor() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer.Account bobs = world.account("bob");
    Peer bob = world.peer(command(), bobs, "BOBDEVICE");
    bob.joinRoom(room);
    acquaint(List.of(alice), List.of(bob));
    OurCall call = OurCall.join(alice, room);
    bob.joinCall(room);
    awaitKeysOfAll(List.of(call, bob));
    long queries = world.queries(alice.address().userId(), bobs.userId());

    Peer tablet = unseenInTheCall(alice, bobs, room);
    assertThat(world.queries(alice.address().userId(), bobs.userId())).isEqualTo(queries);
    assertThat(call.keysOf(tablet.address())).isEmpty();
    world.homeserver().syncGate().release(alice.address().userId());
    awaitKeysOfAll(List.of(call, bob, tablet));
    assertThat(call.evidenceOf(tablet.address()))
        .isNotEmpty()
        .containsOnly(new SenderEvidence.OlmDevice(tablet.address(), SenderEvidence.Trust.KNOWN));
    await().atMost(SOON).until(() -> alice.knows(tablet.address()));
    assertThat(world.queries(alice.address().userId(), bobs.userId())).isGreaterThan(queries);
    // Without device keys inside, nothing says whose a message is until the list has come.
    assertThat(alice.results().stream().anyMatch(ToDeviceResult.UnableToDecrypt.class::isInstance))
        .isEqualTo(!sendsDeviceKeys());
    assertThat(call.refusals()).isEmpty();
  }

  /**
   * A device that its owner has just logged in, and that has sent its call key to {@code ours}. The
   * sync of ours is withheld, so that it cannot have heard of the device.
   */
  Peer unseenInTheCall(OurDevice ours, Peer.Account owner, String room) throws Exception {
    world.homeserver().syncGate().withhold(ours.address().userId(), SyncGate.Mode.EMPTY);
    Peer unseen = world.peer(command(), owner, "BOBTABLET");
    unseen.joinRoom(room);
    await().atMost(SOON).until(() -> unseen.knows(ours.address()));
    long sent = world.sentTo(owner.userId(), ours.address());
    unseen.joinCall(room);
    await().atMost(SOON).until(() -> world.sentTo(owner.userId(), ours.address()) > sent);
    assertThat(ours.knows(unseen.address())).isFalse();
    return unseen;
  }

  @Test
  void aCallKeyOfANewDeviceOfOursIsReadByAPeerThatHasNotFetchedIt() throws Exception {
    MatrixSession session = world.register("alice");
    OurDevice alice = world.ours(session);
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    bob.joinRoom(room);
    acquaint(List.of(alice), List.of(bob));
    OurCall phone = OurCall.join(alice, room);
    bob.joinCall(room);
    awaitKeysOfAll(List.of(phone, bob));

    String bobs = bob.address().userId();
    world.homeserver().syncGate().withhold(bobs, SyncGate.Mode.EMPTY);
    long queries = world.queries(bobs, session.userId());
    long sent = world.sentTo(session.userId(), bob.address());
    OurDevice other = world.ours(world.login(session.userId()));
    getToKnow(other, bob);
    OurCall laptop = OurCall.join(other, room);
    await().atMost(SOON).until(() -> world.sentTo(session.userId(), bob.address()) > sent);
    assertThat(world.queries(bobs, session.userId())).as("not fetched").isEqualTo(queries);
    assertThat(bob.keysOf(other.address())).isEmpty();

    world.homeserver().syncGate().release(bobs);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(bob.keysOf(other.address())).endsWith(laptop.ownKey()));
    awaitKeysOfAll(List.of(phone, bob)); // not of the laptop: upstream gives it none, see acquaint
    assertThat(bob.received(KEYS))
        .filteredOn(received -> received.senderKey().equals(other.curve25519()))
        .isNotEmpty()
        .allSatisfy(
            received -> assertThat(received.senderDevice()).isEqualTo(other.address().deviceId()));
    assertThat(world.queries(bobs, session.userId())).isGreaterThan(queries);
  }

  @Test
  void aLeaveMakesNewKeysThatTheLeaverIsNotGiven() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    Peer carol = peer("carol", "CAROLDEVICE");
    bob.joinRoom(room);
    carol.joinRoom(room);
    acquaint(List.of(alice), List.of(bob, carol));
    OurCall call = OurCall.join(alice, room);
    bob.joinCall(room);
    carol.joinCall(room);
    awaitKeysOfAll(List.of(call, bob, carol));

    CallKey ours = call.ownKey();
    CallKey carols = carol.ownKey();
    bob.leaveCall();
    await().atMost(SOON).until(() -> !call.ownKey().equals(ours));
    await().atMost(SOON).until(() -> !carol.ownKey().equals(carols));
    awaitKeysOfAll(List.of(call, carol));

    // To-device messages come in order: what was sent to Bob before this has come when this has.
    assertThat(alice.send(TYPE, text("still there?"), bob.address())).isEqualTo(new Outcome.Sent());
    await().atMost(SOON).until(() -> texts(bob).contains("still there?"));
    assertThat(keysSentTo(carol)).contains(call.ownKey().base64());
    assertThat(keysSentTo(bob)).contains(ours.base64()).doesNotContain(call.ownKey().base64());
  }

  private static List<String> keysSentTo(Peer peer) {
    return peer.received(KEYS).stream()
        .map(one -> one.content().path("keys").path("key").asText())
        .toList();
  }

  @Test
  void ourOneTimeKeysUsedUpOurFallbackKeyDoes() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    Peer carol = peer("carol", "CAROLDEVICE");
    bob.joinRoom(room);
    carol.joinRoom(room);
    acquaint(List.of(alice), List.of(bob, carol));
    await().atMost(SOON).until(alice::uploadsNothing);
    KeysApi keys = alice.client().matrix().keys();

    world.homeserver().syncGate().withhold(alice.address().userId(), SyncGate.Mode.SILENT);
    assertThat(OneTimeKeys.useUp(keys, alice.address())).isPositive();
    assertThat(bob.send(TYPE, text("of bob"), alice.address())).containsExactly(0);
    assertThat(carol.send(TYPE, text("of carol"), alice.address())).containsExactly(0);
    for (Peer peer : List.of(bob, carol)) {
      assertThat(world.claims(peer.address().userId(), alice.address()))
          .containsExactly(OneTimeKeys.Claimed.FALLBACK_KEY);
    }

    world.homeserver().syncGate().release(alice.address().userId());
    await().atMost(SOON).until(() -> texts(alice).equals(List.of("of bob", "of carol")));
    assertThat(alice.decrypted(TYPE))
        .extracting(one -> one.info().senderDevice().orElse("unknown"))
        .containsExactly("BOBDEVICE", "CAROLDEVICE");
    assertThat(alice.send(TYPE, text("answer"), bob.address())).isEqualTo(new Outcome.Sent());
    await().atMost(SOON).until(() -> texts(bob).equals(List.of("answer")));
    await()
        .atMost(SOON)
        .until(() -> OneTimeKeys.claim(keys, alice.address()) == OneTimeKeys.Claimed.ONE_TIME_KEY);
  }

  @Test
  void aRestartFromItsFileGoesOnWithTheSameSessions(@TempDir Path folder) throws Exception {
    MatrixSession session = world.register("alice");
    Path file = folder.resolve("alice.db");
    Peer bob = peer("bob", "BOBDEVICE");
    String room;
    int claims;
    DeviceAddress address;
    try (SqliteCryptoStore store = open(file);
        OurDevice alice = world.ours(session, store)) {
      address = alice.address();
      room = world.room(alice);
      bob.joinRoom(room);
      acquaint(List.of(alice), List.of(bob));
      try (OurCall call = OurCall.join(alice, room)) {
        bob.joinCall(room);
        awaitKeysOfAll(List.of(call, bob));
        assertThat(alice.send(TYPE, text("one"), bob.address())).isEqualTo(new Outcome.Sent());
        await().atMost(SOON).until(() -> texts(bob).equals(List.of("one")));
        claims = world.claims(address.userId(), bob.address()).size();
      }
    }
    bob.send(TYPE, text("while away"), address);

    try (SqliteCryptoStore store = open(file);
        OurDevice back = world.ours(session, store)) {
      await().atMost(SOON).until(() -> texts(back).equals(List.of("while away")));
      assertThat(back.send(TYPE, text("two"), bob.address())).isEqualTo(new Outcome.Sent());
      await().atMost(SOON).until(() -> texts(bob).equals(List.of("one", "two")));
      assertThat(world.claims(address.userId(), bob.address())).hasSize(claims);
      try (OurCall again = OurCall.join(back, room)) {
        awaitKeysOfAll(List.of(again, bob));
        assertThat(again.refusals()).isEmpty();
      }
    }
  }

  private static SqliteCryptoStore open(Path file) throws CryptoStoreException {
    try (StoreSecret secret = StoreSecret.key(new byte[StoreSecret.KEY_BYTES])) {
      return SqliteCryptoStore.open(file, secret, RandomSource.secure());
    }
  }

  @Test
  void aKeyThatClaimsToBeAnotherDevicesIsRefused() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    Peer carol = peer("carol", "CAROLDEVICE");
    bob.joinRoom(room);
    carol.joinRoom(room);
    acquaint(List.of(alice), List.of(bob, carol));
    OurCall call = OurCall.join(alice, room);
    bob.joinCall(room);
    carol.joinCall(room);
    awaitKeysOfAll(List.of(call, bob, carol));

    CallKey forged = new CallKey(carol.address(), 77, "AAECAwQFBgcICQoLDA0ODw==");
    bob.send(KEYS, keysContent(room, forged, carol.address()), alice.address());
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(call.refusals())
                    .singleElement()
                    .isInstanceOfSatisfying(
                        KeyRefusal.ClaimedAnotherDevice.class,
                        refusal -> assertThat(refusal.from().device()).contains(bob.address())));
    CallKey honest = new CallKey(bob.address(), 78, "EBESExQVFhcYGRobHB0eHw==");
    bob.send(KEYS, keysContent(room, honest, bob.address()), alice.address());
    await().atMost(SOON).until(() -> call.keysOf(bob.address()).contains(honest));
    assertThat(call.keysOf(carol.address())).doesNotContain(forged);
    assertThat(call.keysOf(bob.address())).noneMatch(key -> key.index() == forged.index());
  }

  private static ObjectNode keysContent(String room, CallKey key, DeviceAddress claimed) {
    ObjectNode content = Json.newObject();
    content.putObject("keys").put("index", key.index()).put("key", key.base64());
    content
        .putObject("member")
        .put("claimed_device_id", claimed.deviceId())
        .put("id", claimed.userId() + ":" + claimed.deviceId());
    content.put("room_id", room);
    content
        .putObject("session")
        .put("application", "m.call")
        .put("call_id", "")
        .put("scope", "m.room");
    return content.put("sent_ts", 1L);
  }

  /**
   * What becomes of a message from a device that {@code alice} has not heard of: it comes in the
   * same sync as the news that {@code bob} is in a room with her.
   */
  static ToDeviceResult resultFromAnUnknownDevice(World world, OurDevice alice, Peer bob)
      throws Exception {
    String room = world.room(alice);
    SyncGate gate = world.homeserver().syncGate();
    gate.withhold(alice.address().userId(), SyncGate.Mode.EMPTY);
    bob.joinRoom(room);
    assertThat(bob.send(TYPE, text("who?"), alice.address())).containsExactly(0);
    assertThat(alice.knows(bob.address())).isFalse();
    gate.release(alice.address().userId());
    await().atMost(SOON).until(() -> !alice.results().isEmpty());
    return alice.results().get(0);
  }
}
