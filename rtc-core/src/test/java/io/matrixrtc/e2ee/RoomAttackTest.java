package io.matrixrtc.e2ee;

import static io.matrixrtc.e2ee.RoomFixture.ALICE;
import static io.matrixrtc.e2ee.RoomFixture.ALICE_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.BOB;
import static io.matrixrtc.e2ee.RoomFixture.BOB_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.CAROL;
import static io.matrixrtc.e2ee.RoomFixture.CAROL_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.ROOM;
import static io.matrixrtc.e2ee.RoomFixture.joined;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.SessionKey;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attacks on encrypted rooms by the server and by members. Each has a control that must work. */
class RoomAttackTest {
  private static final String OTHER_ROOM = "!other:a.example";

  private final RoomFixture rooms = new RoomFixture(56);
  private final MachineNetwork network = rooms.network;
  private OlmMachine alice;
  private OlmMachine bob;
  private OlmMachine carol;

  @BeforeEach
  void threeUsers() throws Exception {
    alice = rooms.open(ALICE_DEVICE);
    bob = rooms.open(BOB_DEVICE);
    carol = rooms.open(CAROL_DEVICE);
    network.introduce(alice, bob, carol);
  }

  private static ObjectNode content(ObjectNode event) {
    return (ObjectNode) event.get("content");
  }

  @Test
  void attackAMessageReSentAtItsIndexIsReplayedAndAtAnotherNotAuthentic() throws Exception {
    ObjectNode event = rooms.say(alice, joined(ALICE, BOB), "pay 10");
    ObjectNode next = rooms.say(alice, joined(ALICE, BOB), "thanks");
    assertThat(rooms.text(bob, event)).isEqualTo("pay 10");
    ObjectNode copy = event.deepCopy().put("event_id", "$copy");
    assertThat(rooms.refused(bob, copy))
        .isEqualTo(new RoomDecryptionFailure.Replayed(event.path("event_id").asText()));
    byte[] bytes = Base64Text.decode(content(event).path("ciphertext").asText());
    assertThat(bytes[1]).as("tag of the index").isEqualTo((byte) 0x08);
    bytes[2] = 7;
    ObjectNode moved = event.deepCopy().put("event_id", "$moved");
    content(moved).put("ciphertext", Base64Text.encode(bytes));
    assertThat(rooms.refused(bob, moved)).isEqualTo(new RoomDecryptionFailure.NotAuthentic());
    assertThat(rooms.text(bob, event)).as("the same event again").isEqualTo("pay 10");
    assertThat(rooms.text(bob, next)).isEqualTo("thanks");
  }

  @Test
  void attackAMessageReSentInAnotherRoomIsRefused() throws Exception {
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, joined(ALICE, BOB), "here");
    ObjectNode event = rooms.event(alice, encrypted);
    network.sync(bob);
    assertThat(bob.rooms().decrypt(OTHER_ROOM, event, TrustPolicy.ALL))
        .isInstanceOfSatisfying(
            RoomEventResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.failure())
                    .isInstanceOf(RoomDecryptionFailure.MissingRoomKey.class));
    try (RoomKeyCopy key = bob.rooms().keys().find(encrypted.key()).orElseThrow()) {
      bob.rooms()
          .keys()
          .merge(
              Set.of(
                  new RoomKeyCopy(
                      new RoomKeyId(OTHER_ROOM, encrypted.key().sessionId()),
                      key.senderKey(),
                      key.claimedKey(),
                      false,
                      key.sessionKey())),
              Optional.empty(),
              new ExtraWrites());
    }
    assertThat(bob.rooms().decrypt(OTHER_ROOM, event, TrustPolicy.ALL))
        .as("even if somebody filed its key there")
        .isInstanceOfSatisfying(
            RoomEventResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.failure()).isEqualTo(new RoomDecryptionFailure.OtherRoom()));
    assertThat(rooms.text(bob, event)).isEqualTo("here");
  }

  /** A member can pass another's key on, but not make it her own or his. */
  @Test
  void attackASessionKeyFromADeviceThatDoesNotOwnItNamesNobody() throws Exception {
    network.newIdentity(ALICE);
    network.newIdentity(CAROL);
    network.refresh(bob, ALICE, CAROL);
    TestRoomSession session = new TestRoomSession(ROOM, network.random());
    ObjectNode stolen = session.roomKey();
    network.deliver(carol, "m.room_key", stolen, BOB_DEVICE);
    ObjectNode event = session.event("$1", ALICE, "from alice?");
    network.sync(bob);
    assertThat(bob.rooms().decrypt(ROOM, event, TrustPolicy.CROSS_SIGNED))
        .isInstanceOfSatisfying(
            RoomEventResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.failure())
                    .isEqualTo(
                        new RoomDecryptionFailure.UntrustedSender(
                            VerificationState.MISMATCHED_SENDER)));
    TestRoomSession own = new TestRoomSession(ROOM, network.random());
    network.deliver(alice, "m.room_key", own.roomKey(), BOB_DEVICE);
    network.sync(bob);
    assertThat(
            bob.rooms().decrypt(ROOM, own.event("$2", ALICE, "really"), TrustPolicy.CROSS_SIGNED))
        .isInstanceOfSatisfying(
            RoomEventResult.Decrypted.class,
            read -> assertThat(read.info().senderDevice()).contains("ADEV"));
  }

  @Test
  void attackAKeyOfAnotherSessionUnderAKnownNameChangesNothing() throws Exception {
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, joined(ALICE, BOB), "one");
    network.sync(bob);
    TestRoomSession other = new TestRoomSession(ROOM, network.random());
    ObjectNode forged = other.roomKey().put("session_id", encrypted.key().sessionId());
    network.deliver(carol, "m.room_key", forged, BOB_DEVICE);
    network.sync(bob);
    assertThat(rooms.text(bob, rooms.event(alice, encrypted))).isEqualTo("one");
    try (SessionKey key = other.session.sessionKey()) {
      assertThat(bob.rooms().keys().info(new RoomKeyId(ROOM, key.sessionId())))
          .as("it is filed under its own name")
          .isPresent();
    }
  }

  /** The server names a device for bob that it made itself. */
  @Test
  void attackADeviceThatTheServerInventsGetsNoKeyUnlessItsOwnerSignedIt() throws Exception {
    OlmMachine careful =
        rooms.open(
            new UserDevice("@dave:d.example", "D"),
            OlmMachine.Settings.defaults(),
            new MemoryCryptoStore());
    network.settle(careful);
    TestIdentity identity = network.newIdentity(BOB);
    OlmMachine invented = rooms.open(new UserDevice(BOB, "GHOST"));
    network.settle(invented);
    careful.trackUsers(Set.of(BOB), network.now);
    network.settle(careful);
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(careful, joined(BOB), "secret");
    assertThat(encrypted.shares().get(BOB_DEVICE)).isEqualTo(new RoomKeyShare.Served(0));
    assertThat(encrypted.shares().get(invented.device())).isInstanceOf(RoomKeyShare.Withheld.class);
    assertThat(rooms.refused(invented, rooms.event(careful, encrypted)))
        .isInstanceOf(RoomDecryptionFailure.MissingRoomKey.class);
    identity.signDevice(network.deviceKeys(invented.device()));
    network.refresh(careful, BOB);
    RoomEncryptionOutcome.Encrypted signed = rooms.encrypt(careful, joined(BOB), "now");
    assertThat(signed.shares().get(invented.device())).isEqualTo(new RoomKeyShare.Served(1));
    assertThat(rooms.text(invented, rooms.event(careful, signed))).isEqualTo("now");
  }
}
