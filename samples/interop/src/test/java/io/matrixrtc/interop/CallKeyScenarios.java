package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyRefusal;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.olm.RandomSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
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
  private String suffix = "";

  /** The homeserver to use; one of ours if it is empty. */
  Optional<URI> running() {
    return Optional.empty();
  }

  /** The homeserver that the system property {@code interop.homeserver} names. */
  static Optional<URI> named() {
    return Optional.of(URI.create(System.getProperty("interop.homeserver")));
  }

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
    String name = getClass().getSimpleName() + "." + method;
    Optional<URI> other = running();
    if (other.isPresent()) {
      world = new World(name, other.get());
      suffix = "-" + UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);
    } else {
      world = new World(name);
    }
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  World world() {
    return world;
  }

  /** Who is new on the homeserver by this name. */
  String user(String name) {
    return name + suffix;
  }

  /** Logs in a new user. */
  Peer peer(String user, String device) throws Exception {
    return world.peer(command(), world.account(user(user)), device);
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
    OurDevice alice = world.ours(user("alice"));
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
  void peersGiveEachOtherKeys() throws Exception {
    String room = world.room(world.ours(user("alice")));
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
    MatrixSession session = world.register(user("alice"));
    OurDevice alice = world.ours(session);
    String room = world.room(alice);
    Peer.Account bobs = world.account(user("bob"));
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

  @Test
  void aLeaveMakesNewKeysThatTheLeaverIsNotGiven() throws Exception {
    OurDevice alice = world.ours(user("alice"));
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

  @Test
  void whoLeavesAndComesBackHasKeysBothWaysAgain() throws Exception {
    OurDevice alice = world.ours(user("alice"));
    OurDevice carol = world.ours(user("carol"));
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    carol.joinRoom(room);
    bob.joinRoom(room);
    acquaint(List.of(alice, carol), List.of(bob));
    OurCall atAlice = OurCall.join(alice, room);
    OurCall atCarol = OurCall.join(carol, room);
    bob.joinCall(room);
    awaitKeysOfAll(List.of(atAlice, atCarol, bob));

    CallKey before = atAlice.ownKey();
    CallKey bobs = bob.ownKey();
    bob.leaveCall();
    await().atMost(SOON).until(() -> !atAlice.ownKey().equals(before));
    awaitKeysOfAll(List.of(atAlice, atCarol));
    bob.joinCall(room);
    await().atMost(SOON).until(() -> !bob.ownKey().equals(bobs));
    awaitKeysOfAll(List.of(atAlice, atCarol, bob));
    assertThat(atAlice.ownKey()).isNotEqualTo(before);
    assertThat(atAlice.refusals()).isEmpty();
  }

  @Test
  void byDefaultADeviceThatNobodySignedGivesAndGetsNoKeys() throws Exception {
    OurDevice alice = world.signed(user("alice"));
    OurDevice carol = world.signed(user("carol"));
    OurDevice dave = world.ours(user("dave"));
    String room = world.room(alice);
    Peer bob = peer("bob", "BOBDEVICE");
    carol.joinRoom(room);
    dave.joinRoom(room);
    bob.joinRoom(room);
    acquaint(List.of(alice, carol, dave), List.of(bob));
    OurCall atAlice = OurCall.join(alice, room, TrustRequirement.CROSS_SIGNED);
    OurCall atCarol = OurCall.join(carol, room, TrustRequirement.CROSS_SIGNED);
    OurCall atDave = OurCall.join(dave, room);
    bob.joinCall(room);

    awaitKeysOfAll(List.of(atAlice, atCarol));
    awaitKeysOfAll(List.of(atDave, bob)); // control: it gives and takes keys
    awaitRefusedMessage(alice, bob.address().userId());
    assertThat(atAlice.keysOf(bob.address())).isEmpty();
    assertThat(alice.send(TYPE, text("no"), bob.address())).isInstanceOf(Outcome.Refused.class);
    assertThat(alice.send(TYPE, text("yes"), carol.address())).isEqualTo(new Outcome.Sent());
    assertThat(bob.keysOf(alice.address())).isEmpty();
  }

  /** A device of ours has got a message of a user, and has refused it. */
  static void awaitRefusedMessage(OurDevice device, String sender) {
    await()
        .atMost(SOON)
        .until(
            () ->
                device.results().stream()
                    .anyMatch(
                        result ->
                            result instanceof ToDeviceResult.UnableToDecrypt refused
                                && refused.event().path("sender").asText().equals(sender)));
  }

  private static List<String> keysSentTo(Peer peer) {
    return peer.received(KEYS).stream()
        .map(one -> one.content().path("keys").path("key").asText())
        .toList();
  }

  @Test
  void aRestartFromItsFileGoesOnWithTheSameSessions(@TempDir Path folder) throws Exception {
    MatrixSession session = world.register(user("alice"));
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
      assertThat(world.claims(address.userId(), bob.address()))
          .as("claims, where they are seen")
          .hasSize(claims);
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
    OurDevice alice = world.ours(user("alice"));
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
    assertThat(call.keysOf(bob.address())).noneMatch(key -> key.base64().equals(forged.base64()));
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

  /** Of a peer that signs its devices, by the default trust. */
  void onlyCrossSignedDevicesGiveAndGetKeys() throws Exception {
    try (MemoryCryptoStore store = new MemoryCryptoStore()) {
      OurDevice alice =
          world.ours(world.register(user("alice")), OlmMachine.Settings.defaults(), store);
      String room = world.room(alice);
      Peer bob = peer("bob", "BOBDEVICE");
      Peer carol = peer("carol", "CAROLDEVICE");
      bob.crossSign();
      bob.joinRoom(room);
      carol.joinRoom(room);
      acquaint(List.of(alice), List.of(bob, carol));
      OurCall call = OurCall.join(alice, room, TrustRequirement.CROSS_SIGNED);
      bob.joinCall(room);
      carol.joinCall(room);

      awaitKeysOfAll(List.of(call, bob));
      awaitKeysOfAll(List.of(bob, carol));
      assertThat(call.evidenceOf(bob.address()))
          .isNotEmpty()
          .containsOnly(
              new SenderEvidence.OlmDevice(bob.address(), SenderEvidence.Trust.CROSS_SIGNED));
      awaitRefusedMessage(alice, carol.address().userId());
      assertThat(call.keysOf(carol.address())).isEmpty();
      assertThat(alice.send(TYPE, text("no"), carol.address())).isInstanceOf(Outcome.Refused.class);
      assertThat(alice.send(TYPE, text("yes"), bob.address())).isEqualTo(new Outcome.Sent());
      assertThat(carol.keysOf(alice.address())).isEmpty();
      call.close();
      alice.close();
    }
  }
}
