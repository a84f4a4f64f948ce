package io.matrixrtc.e2ee;

import static io.matrixrtc.e2ee.RoomFixture.ALICE;
import static io.matrixrtc.e2ee.RoomFixture.ALICE_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.BOB;
import static io.matrixrtc.e2ee.RoomFixture.BOB_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.CAROL;
import static io.matrixrtc.e2ee.RoomFixture.CAROL_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.ROOM;
import static io.matrixrtc.e2ee.RoomFixture.joined;
import static io.matrixrtc.e2ee.RoomFixture.members;
import static io.matrixrtc.e2ee.RoomFixture.rotation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is given a room's key, from where on, and who is told that it is not. */
class RoomSharingTest {
  private static final String OLM = "m.room.encrypted";
  private static final String WITHHELD = "m.room_key.withheld";

  private final RoomFixture rooms = new RoomFixture(51);
  private final MachineNetwork network = rooms.network;
  private final MemoryCryptoStore aliceStore = new MemoryCryptoStore();
  private final MemoryCryptoStore bobStore = new MemoryCryptoStore();
  private OlmMachine alice;
  private OlmMachine bob;
  private OlmMachine carol;

  @BeforeEach
  void threeUsers() throws Exception {
    alice = rooms.open(ALICE_DEVICE, MachineNetwork.ALL, aliceStore);
    bob = rooms.open(BOB_DEVICE, MachineNetwork.ALL, bobStore);
    carol = rooms.open(CAROL_DEVICE);
    network.introduce(alice, bob, carol);
    network.carriedOut.clear();
  }

  private RoomKeyShare shareOf(RoomEncryptionOutcome.Encrypted encrypted, UserDevice device) {
    assertThat(encrypted.shares()).containsKey(device);
    return Objects.requireNonNull(encrypted.shares().get(device));
  }

  @Test
  void shareWaitTheKeyGoesToAllDevicesOnceThenTheEvent_B107_B119() throws Exception {
    OlmMachine tablet = rooms.open(new UserDevice(ALICE, "TABLET"));
    network.introduce(alice, tablet);
    network.carriedOut.clear();
    RoomEncryptionOutcome.Encrypted first = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "one");
    assertThat(rotation(first)).isEqualTo(RotationCause.FIRST);
    assertThat(rooms.sent(OLM))
        .containsExactly(new UserDevice(ALICE, "TABLET"), BOB_DEVICE, CAROL_DEVICE);
    assertThat(first.shares())
        .isEqualTo(
            Map.of(
                tablet.device(),
                new RoomKeyShare.Served(0),
                BOB_DEVICE,
                new RoomKeyShare.Served(0),
                CAROL_DEVICE,
                new RoomKeyShare.Served(0)));
    RoomEncryptionOutcome.Encrypted second = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "two");
    assertThat(rooms.sent(OLM)).as("nothing new to share").isEmpty();
    assertThat(second.key()).isEqualTo(first.key());
    assertThat(second.index()).isEqualTo(1);
    assertThat(second.rotation()).isEmpty();
    for (OlmMachine reader : List.of(bob, carol, tablet)) {
      assertThat(rooms.text(reader, rooms.event(alice, first))).isEqualTo("one");
      assertThat(rooms.text(reader, rooms.event(alice, second))).isEqualTo("two");
    }
  }

  @Test
  void shareWaitNothingIsEncryptedWhileTheKeyIsUnderWay() throws Exception {
    alice.rooms().encrypt(ROOM, joined(ALICE, BOB), "m.x", Json.newObject(), network.now);
    alice.rooms().encrypt(ROOM, joined(ALICE, BOB), "m.y", Json.newObject(), network.now);
    while (alice.rooms().takeCompleted().isEmpty()) {
      List<OutgoingRequest> requests = alice.outgoingRequests(network.now);
      assertThat(requests).isNotEmpty();
      assertThat(alice.rooms().takeCompleted()).as("before %s", requests).isEmpty();
      OutgoingRequest next = requests.get(0);
      boolean isKey = next instanceof OutgoingRequest.ToDevice;
      alice.markSent(next.id(), network.carryOut(ALICE_DEVICE, next), network.now);
      if (isKey) {
        assertThat(alice.rooms().takeCompleted())
            .as("both, in their order")
            .extracting(ended -> ((RoomEncryptionOutcome.Encrypted) ended.outcome()).index())
            .containsExactly(0L, 1L);
        return;
      }
    }
    throw new AssertionError("no key was sent");
  }

  @Test
  void roomOwnWeReadOurOwnEvents() throws Exception {
    ObjectNode event = rooms.say(alice, joined(ALICE, BOB), "mine");
    RoomEventResult result = alice.rooms().decrypt(ROOM, event, TrustPolicy.VERIFIED);
    assertThat(result).isInstanceOf(RoomEventResult.Decrypted.class);
    assertThat(((RoomEventResult.Decrypted) result).info().senderDevice()).contains("ADEV");
  }

  @Test
  void roomRelatesARelationStaysReadableAndIsInsideToo_B119() throws Exception {
    ObjectNode content = TestRoomSession.text("edit");
    content.putObject("m.relates_to").put("rel_type", "m.replace").put("event_id", "$0");
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, joined(ALICE, BOB), content);
    assertThat(encrypted.content().path("m.relates_to")).isEqualTo(content.path("m.relates_to"));
    assertThat(encrypted.content().path("algorithm").asText()).isEqualTo(TestRoomSession.MEGOLM);
    assertThat(encrypted.content().path("device_id").asText()).isEqualTo("ADEV");
    RoomEventResult read = rooms.read(bob, rooms.event(alice, encrypted));
    assertThat(((RoomEventResult.Decrypted) read).event().path("content")).isEqualTo(content);
  }

  @Test
  void roomStoredNothingIsHandedOutThatIsNotStored() throws Exception {
    FailingStore failing = new FailingStore(new MemoryCryptoStore());
    OlmMachine dave =
        rooms.open(new UserDevice("@dave:d.example", "D"), MachineNetwork.ALL, failing);
    network.introduce(dave, bob);
    rooms.encrypt(dave, joined(BOB), "stored");
    assertThat(failing.last.roomKeys().rows().rows().keySet())
        .extracting(RowKey::kind)
        .contains("outbound room session");
    failing.fails = true;
    dave.rooms().encrypt(ROOM, joined(BOB), "m.x", Json.newObject(), network.now);
    assertThatThrownBy(() -> dave.outgoingRequests(network.now))
        .isInstanceOf(CryptoStoreException.class);
    assertThat(dave.rooms().takeCompleted()).isEmpty();
    failing.fails = false;
    OlmMachine again = rooms.open(dave.device(), MachineNetwork.ALL, failing);
    assertThat(rooms.encrypt(again, joined(BOB), "the place is free").index()).isEqualTo(1);
  }

  @Test
  void roomStoredTheSessionGoesOnAfterARestart_B58() throws Exception {
    RoomEncryptionOutcome.Encrypted before = rooms.encrypt(alice, joined(ALICE, BOB), "before");
    alice.close();
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, aliceStore);
    network.carriedOut.clear();
    RoomEncryptionOutcome.Encrypted after = rooms.encrypt(alice, joined(ALICE, BOB), "after");
    assertThat(after.key()).isEqualTo(before.key());
    assertThat(after.index()).isEqualTo(1);
    assertThat(rooms.sent(OLM)).isEmpty();
    assertThat(rooms.text(bob, rooms.event(alice, after))).isEqualTo("after");
  }

  @Test
  void roomStoredWhoHasTheKeyIsKnownOfEachDeviceAfterARestart() throws Exception {
    RoomEncryptionOutcome.Encrypted before = rooms.encrypt(alice, joined(ALICE, BOB), "before");
    rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "with carol");
    alice.close();
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, aliceStore);
    network.carriedOut.clear();
    RoomEncryptionOutcome.Encrypted after =
        rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "after");
    assertThat(after.key()).isEqualTo(before.key());
    assertThat(rooms.sent(OLM)).isEmpty();
    assertThat(shareOf(after, BOB_DEVICE)).isEqualTo(new RoomKeyShare.Served(0));
    assertThat(shareOf(after, CAROL_DEVICE)).isEqualTo(new RoomKeyShare.Served(1));
  }

  @Test
  void shareIndexALaterDeviceReadsFromThereOn_B108() throws Exception {
    ObjectNode early = rooms.say(alice, joined(ALICE, BOB), "early");
    RoomEncryptionOutcome.Encrypted late = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "late");
    assertThat(late.rotation()).as("who joins makes no new key").isEmpty();
    assertThat(shareOf(late, CAROL_DEVICE)).isEqualTo(new RoomKeyShare.Served(1));
    assertThat(shareOf(late, BOB_DEVICE)).isEqualTo(new RoomKeyShare.Served(0));
    assertThat(RoomFixture.holding(alice, CAROL_DEVICE).index()).isEqualTo(1);
    assertThat(rooms.text(carol, rooms.event(alice, late))).isEqualTo("late");
    assertThat(rooms.refused(carol, early))
        .isEqualTo(new RoomDecryptionFailure.UnknownIndex(late.key(), 1, 0));
    assertThat(rooms.text(bob, early)).isEqualTo("early");
  }

  @Test
  void shareInvitedMembersAreGivenTheKeyWhereTheVisibilityAllowsIt() throws Exception {
    for (HistoryVisibility visibility : HistoryVisibility.values()) {
      RoomEncryptionOutcome.Encrypted encrypted =
          rooms.encrypt(alice, members(visibility, Set.of(ALICE, BOB), Set.of(CAROL)), "x");
      ObjectNode event = rooms.event(alice, encrypted);
      assertThat(rooms.text(bob, event)).isEqualTo("x");
      if (visibility == HistoryVisibility.JOINED) {
        assertThat(encrypted.shares()).doesNotContainKey(CAROL_DEVICE);
        assertThat(rooms.refused(carol, event))
            .isInstanceOf(RoomDecryptionFailure.MissingRoomKey.class);
      } else {
        assertThat(rooms.text(carol, event)).isEqualTo("x");
      }
    }
  }

  @Test
  void shareHistoryTheFlagHasBothNamesAndIsABoolean() throws Exception {
    for (HistoryVisibility visibility : HistoryVisibility.values()) {
      RoomEncryptionOutcome.Encrypted encrypted =
          rooms.encrypt(alice, members(visibility, Set.of(ALICE, BOB), Set.of()), "x");
      rooms.read(bob, rooms.event(alice, encrypted));
      boolean shared =
          visibility == HistoryVisibility.SHARED || visibility == HistoryVisibility.WORLD_READABLE;
      for (OlmMachine machine : List.of(alice, bob)) {
        assertThat(machine.rooms().keys().info(encrypted.key()).orElseThrow().sharedHistory())
            .isEqualTo(shared);
      }
    }
  }

  private ObjectNode withheldNotice(UserDevice to) {
    List<JsonNode> events = network.takeQueue(to);
    JsonNode notice =
        events.stream()
            .filter(event -> event.path("type").asText().equals(WITHHELD))
            .reduce((a, b) -> b)
            .orElseThrow();
    network.queues.put(to, new ArrayList<>(events));
    return (ObjectNode) notice.path("content");
  }

  @Test
  void withheldCodeABlockedDeviceIsToldSoOnce_B110() throws Exception {
    alice.setLocalTrust(BOB_DEVICE, LocalTrust.BLOCKED);
    RoomEncryptionOutcome.Encrypted first = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "1");
    assertThat(shareOf(first, BOB_DEVICE))
        .isEqualTo(
            new RoomKeyShare.Withheld(WithheldCode.BLACKLISTED, new EncryptionOutcome.Blocked()));
    ObjectNode notice = withheldNotice(BOB_DEVICE);
    assertThat(notice.path("code").asText()).isEqualTo("m.blacklisted");
    assertThat(notice.path("room_id").asText()).isEqualTo(ROOM);
    assertThat(notice.path("session_id").asText()).isEqualTo(first.key().sessionId());
    assertThat(notice.path("sender_key").asText())
        .isEqualTo(alice.identityKeys().curve25519().toBase64());
    assertThat(rooms.refused(bob, rooms.event(alice, first)))
        .isEqualTo(
            new RoomDecryptionFailure.MissingRoomKey(
                first.key(), Optional.of(WithheldCode.BLACKLISTED)));
    assertThat(rooms.text(carol, rooms.event(alice, first))).isEqualTo("1");
    network.carriedOut.clear();
    RoomEncryptionOutcome.Encrypted second = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "2");
    assertThat(rooms.sent(WITHHELD)).as("told once for a key").isEmpty();
    assertThat(second.rotation()).as("who had nothing takes nothing along").isEmpty();
    alice.setLocalTrust(BOB_DEVICE, LocalTrust.UNSET);
    RoomEncryptionOutcome.Encrypted third = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "3");
    assertThat(shareOf(third, BOB_DEVICE)).isEqualTo(new RoomKeyShare.Served(2));
    assertThat(rooms.text(bob, rooms.event(alice, third))).isEqualTo("3");
  }

  @Test
  void sendPolicyUnsignedDevicesAreToldAndSignedOnesServed_B112() throws Exception {
    OlmMachine careful =
        rooms.open(
            new UserDevice("@dave:d.example", "D"),
            OlmMachine.Settings.defaults(),
            new MemoryCryptoStore());
    network.settle(careful);
    network.newIdentity(BOB);
    careful.trackUsers(Set.of(BOB, CAROL), network.now);
    network.settle(careful);
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(careful, joined(BOB, CAROL), "x");
    assertThat(shareOf(encrypted, BOB_DEVICE)).isEqualTo(new RoomKeyShare.Served(0));
    assertThat(shareOf(encrypted, CAROL_DEVICE))
        .isEqualTo(
            new RoomKeyShare.Withheld(
                WithheldCode.UNVERIFIED,
                new EncryptionOutcome.UntrustedByPolicy(
                    TrustPolicy.CROSS_SIGNED, VerificationState.UNSIGNED_DEVICE)));
    assertThat(withheldNotice(CAROL_DEVICE).path("code").asText()).isEqualTo("m.unverified");
    assertThat(rooms.text(bob, rooms.event(careful, encrypted))).isEqualTo("x");
    assertThat(rooms.refused(carol, rooms.event(careful, encrypted)))
        .isEqualTo(
            new RoomDecryptionFailure.MissingRoomKey(
                encrypted.key(), Optional.of(WithheldCode.UNVERIFIED)));
  }

  @Test
  void withheldNoOlmIsToldOnceForAllKeys_B115() throws Exception {
    Objects.requireNonNull(network.oneTimeKeys.get(BOB_DEVICE)).clear();
    network.fallbackKeys.remove(BOB_DEVICE);
    RoomEncryptionOutcome.Encrypted first = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "1");
    assertThat(shareOf(first, BOB_DEVICE))
        .isEqualTo(
            new RoomKeyShare.Withheld(WithheldCode.NO_OLM, new EncryptionOutcome.NoOneTimeKeys()));
    ObjectNode notice = withheldNotice(BOB_DEVICE);
    assertThat(notice.path("code").asText()).isEqualTo("m.no_olm");
    assertThat(notice.has("room_id")).isFalse();
    assertThat(notice.has("session_id")).isFalse();
    assertThat(rooms.sent(WITHHELD)).containsExactly(BOB_DEVICE);
    alice.rooms().discardSession(ROOM);
    RoomEncryptionOutcome.Encrypted next = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "2");
    assertThat(rotation(next)).isEqualTo(RotationCause.DISCARDED);
    assertThat(rooms.sent(WITHHELD)).as("told once for ever").isEmpty();
    network.sync(bob);
    network.settle(bob); // publishes new keys
    network.pass(Duration.ofHours(1));
    RoomEncryptionOutcome.Encrypted third = rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "3");
    assertThat(shareOf(third, BOB_DEVICE)).isEqualTo(new RoomKeyShare.Served(1));
    assertThat(rooms.text(bob, rooms.event(alice, third))).isEqualTo("3");
  }

  @Test
  void withheldNoOlmIsToldAgainAfterAKeyReachedTheDevice() throws Exception {
    noKeysOfBob();
    rooms.encrypt(alice, joined(ALICE, BOB), "1");
    assertThat(rooms.sent(WITHHELD)).containsExactly(BOB_DEVICE);
    network.sync(bob, List.of());
    network.settle(bob); // publishes new keys
    network.pass(Duration.ofHours(1));
    assertThat(shareOf(rooms.encrypt(alice, joined(ALICE, BOB), "2"), BOB_DEVICE))
        .isEqualTo(new RoomKeyShare.Served(1));
    alice.close();
    for (StoredSession lost : aliceStore.sessions(bob.identityKeys().curve25519())) {
      aliceStore.write(Changes.builder().removeSession(lost.key()).build());
    }
    alice = rooms.open(ALICE_DEVICE, MachineNetwork.ALL, aliceStore);
    network.settle(alice);
    noKeysOfBob();
    alice.rooms().discardSession(ROOM);
    network.carriedOut.clear();
    rooms.encrypt(alice, joined(ALICE, BOB), "3");
    assertThat(rooms.sent(WITHHELD)).containsExactly(BOB_DEVICE);
  }

  private void noKeysOfBob() {
    Objects.requireNonNull(network.oneTimeKeys.get(BOB_DEVICE)).clear();
    network.fallbackKeys.remove(BOB_DEVICE);
  }

  @Test
  void withheldOnceForEachReason() throws Exception {
    OlmMachine careful =
        rooms.open(
            new UserDevice("@dave:d.example", "D"),
            OlmMachine.Settings.defaults(),
            new MemoryCryptoStore());
    network.settle(careful);
    careful.trackUsers(Set.of(CAROL), network.now);
    network.settle(careful);
    careful.setLocalTrust(CAROL_DEVICE, LocalTrust.BLOCKED);
    rooms.encrypt(careful, joined(CAROL), "1");
    assertThat(withheldNotice(CAROL_DEVICE).path("code").asText()).isEqualTo("m.blacklisted");
    network.carriedOut.clear();
    careful.setLocalTrust(CAROL_DEVICE, LocalTrust.UNSET);
    rooms.encrypt(careful, joined(CAROL), "2");
    assertThat(rooms.sent(WITHHELD)).as("another reason").containsExactly(CAROL_DEVICE);
    assertThat(withheldNotice(CAROL_DEVICE).path("code").asText()).isEqualTo("m.unverified");
    rooms.encrypt(careful, joined(CAROL), "3");
    assertThat(rooms.sent(WITHHELD)).as("the same").isEmpty();
  }

  /** It may have the key from an offer that nobody has confirmed; its Olm session breaks then. */
  @Test
  void withheldOnceNotToADeviceThatMayHaveTheKey() throws Exception {
    unanswered(joined(ALICE, BOB));
    alice.close();
    for (StoredSession lost : aliceStore.sessions(bob.identityKeys().curve25519())) {
      aliceStore.write(Changes.builder().removeSession(lost.key()).build());
    }
    alice = rooms.open(ALICE_DEVICE, MachineNetwork.ALL, aliceStore);
    network.settle(alice);
    noKeysOfBob();
    network.carriedOut.clear();
    RoomEncryptionOutcome.Encrypted second = rooms.encrypt(alice, joined(ALICE, BOB), "2");
    RoomKeyShare withheld =
        new RoomKeyShare.Withheld(WithheldCode.NO_OLM, new EncryptionOutcome.NoOneTimeKeys());
    assertThat(shareOf(second, BOB_DEVICE)).isEqualTo(withheld);
    assertThat(rooms.sent(WITHHELD)).isEmpty();
    assertThat(RoomFixture.holding(alice, BOB_DEVICE).index()).isZero();
    RoomEncryptionOutcome.Encrypted gone = rooms.encrypt(alice, joined(ALICE), "3");
    assertThat(rotation(gone)).as("it still counts").isEqualTo(RotationCause.MEMBER_LEFT);
    RoomEncryptionOutcome.Encrypted back = rooms.encrypt(alice, joined(ALICE, BOB), "4");
    assertThat(shareOf(back, BOB_DEVICE)).isEqualTo(withheld);
    assertThat(rooms.sent(WITHHELD)).as("control: it lacks the new key").contains(BOB_DEVICE);
  }

  /** Encrypts a text, with no answer to the request that offers its key. */
  private RoomEncryptionOutcome.Encrypted unanswered(RoomMembers members) throws Exception {
    alice.rooms().encrypt(ROOM, members, "m.room.message", Json.newObject(), network.now);
    List<CompletedRoomEvent> completed = List.of();
    while (completed.isEmpty()) {
      for (OutgoingRequest request : alice.outgoingRequests(network.now)) {
        if (request instanceof OutgoingRequest.ToDevice) {
          alice.markFailed(request.id(), new RequestFailure("no answer"), network.now);
        } else {
          alice.markSent(request.id(), network.carryOut(ALICE_DEVICE, request), network.now);
        }
      }
      completed = alice.rooms().takeCompleted();
    }
    return (RoomEncryptionOutcome.Encrypted) completed.get(0).outcome();
  }

  @Test
  void shareOfferedAKeyThatMayHaveGotAwayIsSentAgainAndCounts() throws Exception {
    RoomEncryptionOutcome.Encrypted first = unanswered(joined(ALICE, BOB));
    assertThat(shareOf(first, BOB_DEVICE))
        .isEqualTo(new RoomKeyShare.NotReached(new DeliveryOutcome.Failed("no answer")));
    assertThat(RoomFixture.holding(alice, BOB_DEVICE).confirmed()).isFalse();
    RoomEncryptionOutcome.Encrypted gone = rooms.encrypt(alice, joined(ALICE), "2");
    assertThat(rotation(gone)).isEqualTo(RotationCause.MEMBER_LEFT);
    RoomEncryptionOutcome.Encrypted back = rooms.encrypt(alice, joined(ALICE, BOB), "3");
    assertThat(shareOf(back, BOB_DEVICE)).isEqualTo(new RoomKeyShare.Served(1));
  }

  @Test
  void shareAgainAfterThePeerStartedOlmAnewOnce_B116() throws Exception {
    rooms.encrypt(alice, joined(ALICE, BOB), "1");
    network.sync(bob);
    network.deliver(bob, "m.dummy", Json.newObject(), ALICE_DEVICE);
    network.sync(alice);
    network.carriedOut.clear();
    rooms.encrypt(alice, joined(ALICE, BOB), "2");
    assertThat(rooms.sent(OLM)).as("the same Olm session").isEmpty();
    network.pass(Duration.ofSeconds(1)); // the newer session is the better one
    bob.close();
    bob = rooms.open(BOB_DEVICE, MachineNetwork.ALL, lostSessions());
    network.introduce(bob, alice);
    network.deliver(bob, "m.dummy", Json.newObject(), ALICE_DEVICE);
    network.sync(alice);
    network.carriedOut.clear();
    RoomEncryptionOutcome.Encrypted again = rooms.encrypt(alice, joined(ALICE, BOB), "3");
    assertThat(rooms.sent(OLM)).containsExactly(BOB_DEVICE);
    assertThat(rooms.text(bob, rooms.event(alice, again))).isEqualTo("3");
    rooms.encrypt(alice, joined(ALICE, BOB), "4");
    assertThat(rooms.sent(OLM)).as("once").isEmpty();
  }

  private MemoryCryptoStore lostSessions() throws Exception {
    MemoryCryptoStore store = new MemoryCryptoStore();
    store.write(Changes.builder().account(bobStore.account().orElseThrow()).build());
    return store;
  }

  @Test
  void roomDowngradeTheFirstSettingsStay_B124() throws Exception {
    assertThat(alice.rooms().settings("!other:x")).isEmpty();
    ObjectNode settings = RoomFixture.settings().put("rotation_period_msgs", 5);
    assertThat(alice.rooms().encryptionEnabled("!other:x", settings))
        .isEqualTo(RoomSettingsOutcome.ACCEPTED);
    assertThat(alice.rooms().encryptionEnabled("!other:x", settings))
        .isEqualTo(RoomSettingsOutcome.UNCHANGED);
    assertThat(
            alice
                .rooms()
                .encryptionEnabled(
                    "!other:x", RoomFixture.settings().put("rotation_period_msgs", 10_000)))
        .isEqualTo(RoomSettingsOutcome.REFUSED_CHANGE);
    assertThat(alice.rooms().encryptionEnabled("!other:x", Json.newObject().put("algorithm", "x")))
        .isEqualTo(RoomSettingsOutcome.REFUSED_ALGORITHM);
    alice.close();
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, aliceStore);
    assertThat(alice.rooms().settings("!other:x"))
        .contains(new RoomSettings(RoomSettings.DEFAULT_PERIOD, 5));
  }

  @Test
  void roomAlgorithmARoomWithoutMegolmIsNotWrittenTo() throws Exception {
    assertThat(alice.rooms().encryptionEnabled("!o:x", Json.newObject().put("algorithm", "m.new")))
        .isEqualTo(RoomSettingsOutcome.REFUSED_ALGORITHM);
    String id = alice.rooms().encrypt("!o:x", joined(ALICE), "m.x", Json.newObject(), network.now);
    network.settle(alice);
    assertThat(alice.rooms().takeCompleted())
        .containsExactly(
            new CompletedRoomEvent(id, "!o:x", new RoomEncryptionOutcome.RoomNotEncrypted()));
  }

  @Test
  void sendFreshADeviceThatIsNewInTheListIsServed() throws Exception {
    rooms.encrypt(alice, joined(ALICE, BOB), "1");
    OlmMachine phone = rooms.open(new UserDevice(BOB, "PHONE"));
    network.settle(phone);
    network.sync(alice, List.of(), Set.of(BOB)); // outdated; not asked for yet
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, joined(ALICE, BOB), "2");
    assertThat(shareOf(encrypted, phone.device())).isEqualTo(new RoomKeyShare.Served(1));
    assertThat(rooms.text(phone, rooms.event(alice, encrypted))).isEqualTo("2");
  }

  @Test
  void sendFreshAnOutdatedListHoldsAnEventUpForFiveSecondsAtMost() throws Exception {
    rooms.encrypt(alice, joined(ALICE, BOB), "1");
    network.sync(alice, List.of(), Set.of(BOB));
    alice.rooms().encrypt(ROOM, joined(ALICE, BOB), "m.x", Json.newObject(), network.now);
    assertThat(alice.outgoingRequests(network.now))
        .hasOnlyElementsOfType(OutgoingRequest.KeysQuery.class)
        .isNotEmpty();
    assertThat(alice.nextDeadline(network.now)).contains(network.now.plusSeconds(5));
    network.pass(Duration.ofMillis(4_999));
    alice.outgoingRequests(network.now);
    assertThat(alice.rooms().takeCompleted()).isEmpty();
    network.pass(Duration.ofMillis(1));
    alice.outgoingRequests(network.now);
    assertThat(alice.rooms().takeCompleted())
        .as("by what is known")
        .singleElement()
        .satisfies(
            ended ->
                assertThat(((RoomEncryptionOutcome.Encrypted) ended.outcome()).shares())
                    .isEqualTo(Map.of(BOB_DEVICE, new RoomKeyShare.Served(0))));
  }

  @Test
  void aKeyForManyDevicesGoesOutInBoundedRequestsAndOncePerDevice_B107() throws Exception {
    List<UserDevice> many = new ArrayList<>();
    for (int i = 0; i <= ToDeviceBatches.MAX_MESSAGES; i++) {
      OlmMachine device = rooms.open(new UserDevice(BOB, "D" + i));
      network.settle(device);
      many.add(device.device());
      device.close();
    }
    network.refresh(alice, BOB);
    network.carriedOut.clear();
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, joined(ALICE, BOB), "x");
    assertThat(
            network.carriedOut.stream()
                .filter(OutgoingRequest.ToDevice.class::isInstance)
                .map(request -> ((OutgoingRequest.ToDevice) request).devices().size()))
        .allMatch(size -> size <= ToDeviceBatches.MAX_MESSAGES)
        .hasSizeGreaterThan(1);
    assertThat(rooms.sent(OLM)).doesNotHaveDuplicates().containsAll(many);
    assertThat(encrypted.shares()).hasSize(many.size() + 1);
  }
}
