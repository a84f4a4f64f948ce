package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Room keys that arrive over Olm, and the events they open. */
class RoomEventsTest {
  private static final String ALICE = "@alice:a.example";
  private static final String ROOM = "!room:a.example";
  private static final UserDevice ALICE_DEVICE = new UserDevice(ALICE, "ADEV");
  private static final UserDevice BOB_DEVICE = new UserDevice("@bob:b.example", "BDEV");

  private final MachineNetwork network = new MachineNetwork(31);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private final TestRoomSession session = new TestRoomSession(ROOM, network.random());
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void twoUsers() throws Exception {
    alice = network.open(ALICE, "ADEV");
    bob = open();
    network.introduce(alice, bob);
  }

  private OlmMachine open() throws Exception {
    return network.open(BOB_DEVICE, MachineNetwork.ALL, store);
  }

  /** Alice sends a to-device event over Olm. */
  private ToDeviceResult send(String type, ObjectNode content) throws Exception {
    network.deliver(alice, type, content, BOB_DEVICE);
    List<ToDeviceResult> results = network.sync(bob);
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private void share() throws Exception {
    assertThat(send("m.room_key", session.roomKey())).isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  private RoomEventResult.Decrypted read(ObjectNode event) throws Exception {
    RoomEventResult result = bob.decryptRoomEvent(ROOM, event);
    assertThat(result).isInstanceOf(RoomEventResult.Decrypted.class);
    return (RoomEventResult.Decrypted) result;
  }

  private RoomDecryptionFailure refused(ObjectNode event) throws Exception {
    return refused(ROOM, event, TrustPolicy.ALL);
  }

  private RoomDecryptionFailure refused(String roomId, ObjectNode event, TrustPolicy policy)
      throws Exception {
    RoomEventResult result = bob.rooms().decrypt(roomId, event, policy);
    assertThat(result).isInstanceOf(RoomEventResult.UnableToDecrypt.class);
    return ((RoomEventResult.UnableToDecrypt) result).failure();
  }

  private VerificationState state(String eventId) throws Exception {
    return read(session.event(eventId, ALICE, "x")).info().verification();
  }

  @Test
  void roomOlmAKeyThatCameOverOlmOpensEventsAlsoAfterARestart() throws Exception {
    share();
    ObjectNode event = session.event("$1", ALICE, "hello");
    bob.close();
    bob = open();
    RoomEventResult.Decrypted result = read(event);
    assertThat(result.event().path("content")).isEqualTo(TestRoomSession.text("hello"));
    assertThat(result.event().path("type").textValue()).isEqualTo("m.room.message");
    assertThat(result.info().sender()).isEqualTo(ALICE);
    assertThat(result.info().senderDevice()).contains("ADEV");
    assertThat(result.info().senderKey()).isEqualTo(alice.identityKeys().curve25519());
    assertThat(result.key()).isEqualTo(session.id());
    assertThat(result.index()).isZero();
  }

  @Test
  void roomOlmAKeyInTheClearOrInARoomEventIsNeverTaken_B103() throws Exception {
    ObjectNode event = Json.newObject().put("type", "m.room_key").put("sender", ALICE);
    event.set("content", session.roomKey());
    assertThat(network.sync(bob, List.of(event)))
        .singleElement()
        .isInstanceOf(ToDeviceResult.PlainText.class);
    TestRoomSession other = new TestRoomSession(ROOM, network.random());
    send("m.room_key", other.roomKey());
    ObjectNode payload = Json.newObject().put("type", "m.room_key").put("room_id", ROOM);
    payload.set("content", session.roomKey());
    read(other.event("$1", ALICE, Json.mapper().writeValueAsBytes(payload)));
    assertThat(store.roomKeys(Optional.empty(), 10))
        .extracting(StoredRoomKey::id)
        .containsExactly(other.id());
    assertThat(refused(session.event("$2", ALICE, "x")))
        .isEqualTo(new RoomDecryptionFailure.MissingRoomKey(session.id(), Optional.empty()));
  }

  @Test
  void roomOlmTheKeyIsInTheTransactionOfItsRatchet() throws Exception {
    FailingStore failing = new FailingStore(store);
    bob = network.open(BOB_DEVICE, MachineNetwork.ALL, failing);
    network.deliver(alice, "m.room_key", session.roomKey(), BOB_DEVICE);
    int before = failing.writes;
    network.sync(bob);
    assertThat(failing.writes).isEqualTo(before + 1);
    assertThat(failing.last.roomKeys().keys()).hasSize(1);
    assertThat(failing.last.sessions()).hasSize(1);
    assertThat(failing.last.messageHashes()).hasSize(1);
    assertThat(failing.last.syncToken()).isPresent();
  }

  @Test
  void roomIdTheNameIsTheOneOfTheKey() throws Exception {
    send("m.room_key", session.roomKey().put("session_id", "another"));
    assertThat(store.roomKey(session.id())).isPresent();
    assertThat(store.roomKeys(Optional.empty(), 10)).hasSize(1);
  }

  @Test
  void aRoomKeyThatIsNotOneIsMalformed() throws Exception {
    List<ObjectNode> bad =
        List.of(
            Json.newObject(),
            session.roomKey().put("session_key", "AAAA"),
            session.roomKey().put("room_id", ""),
            session.roomKey().put("room_id", "!" + "r".repeat(RoomKeyId.MAX_CHARS)),
            session.roomKey().put("session_id", 1));
    for (ObjectNode content : bad) {
      assertThat(send("m.room_key", content))
          .isInstanceOfSatisfying(
              ToDeviceResult.UnableToDecrypt.class,
              result ->
                  assertThat(result.reason()).isEqualTo(UndecryptableReason.MALFORMED_PAYLOAD));
    }
    assertThat(send("m.room_key", session.roomKey().put("algorithm", "m.unknown")))
        .isInstanceOf(ToDeviceResult.Decrypted.class);
    assertThat(store.roomKeys(Optional.empty(), 10)).isEmpty();
    share();
    assertThat(store.roomKeys(Optional.empty(), 10)).hasSize(1);
  }

  @Test
  void aRoomIdOfTheGreatestLengthIsTaken() throws Exception {
    String longest = "!" + "r".repeat(RoomKeyId.MAX_CHARS - 1);
    assertThat(send("m.room_key", session.roomKey().put("room_id", longest)))
        .isInstanceOf(ToDeviceResult.Decrypted.class);
    assertThat(store.roomKey(new RoomKeyId(longest, session.session.sessionId()))).isPresent();
  }

  @Test
  void roomMergeTwoSharesOfOneSession() throws Exception {
    ObjectNode early = session.roomKey();
    ObjectNode first = session.event("$1", ALICE, "first");
    share();
    assertThat(refused(first))
        .isEqualTo(new RoomDecryptionFailure.UnknownIndex(session.id(), 1, 0));
    send("m.room_key", early);
    assertThat(read(first).index()).isZero();
    share(); // worse than what is held
    assertThat(read(first).index()).isZero();
    assertThat(store.roomKey(session.id()).orElseThrow().info().firstKnownIndex()).isZero();
  }

  @Test
  void roomDeprecatedSenderKeyAndDeviceIdOfAnEventAreIgnored() throws Exception {
    share();
    ObjectNode event = session.event("$1", ALICE, "x");
    ((ObjectNode) event.get("content"))
        .put("sender_key", bob.identityKeys().curve25519().toBase64())
        .put("device_id", "WRONG");
    assertThat(read(event).info().senderDevice()).contains("ADEV");
  }

  @Test
  void roomRoomTheEventMustBeWrittenForItsRoom() throws Exception {
    share();
    ObjectNode payload = session.payload("x").put("room_id", "!other:a.example");
    assertThat(refused(session.event("$1", ALICE, Json.mapper().writeValueAsBytes(payload))))
        .isEqualTo(new RoomDecryptionFailure.OtherRoom());
    payload.remove("room_id");
    assertThat(refused(session.event("$2", ALICE, Json.mapper().writeValueAsBytes(payload))))
        .isEqualTo(new RoomDecryptionFailure.MalformedPayload());
    ObjectNode good = session.event("$3", ALICE, "x");
    assertThat(refused("!other:a.example", good, TrustPolicy.ALL))
        .isInstanceOf(RoomDecryptionFailure.MissingRoomKey.class);
    read(good);
  }

  @Test
  void whatIsNoEventInsideIsMalformed() throws Exception {
    share();
    for (String plaintext :
        List.of(
            "not json",
            "[]",
            "{\"type\":1,\"content\":{},\"room_id\":\"" + ROOM + "\"}",
            "{\"type\":\"a\",\"content\":[],\"room_id\":\"" + ROOM + "\"}",
            "{\"type\":\"a\",\"content\":{}}")) {
      assertThat(refused(session.event("$1", ALICE, plaintext.getBytes(StandardCharsets.UTF_8))))
          .isEqualTo(new RoomDecryptionFailure.MalformedPayload());
    }
    read(session.event("$1", ALICE, "x"));
  }

  @Test
  void envelopesMustBeWhole() throws Exception {
    share();
    ObjectNode good = session.event("$1", ALICE, "x");
    for (String member : List.of("type", "sender", "event_id", "content")) {
      ObjectNode bad = good.deepCopy();
      bad.remove(member);
      assertThat(refused(bad)).isEqualTo(new RoomDecryptionFailure.Malformed());
    }
    for (String member : List.of("algorithm", "session_id", "ciphertext")) {
      ObjectNode bad = good.deepCopy();
      ((ObjectNode) bad.get("content")).remove(member);
      assertThat(refused(bad)).isEqualTo(new RoomDecryptionFailure.Malformed());
    }
    ObjectNode other = good.deepCopy();
    ((ObjectNode) other.get("content")).put("algorithm", "m.megolm.v2.aes-sha2");
    assertThat(refused(other)).isEqualTo(new RoomDecryptionFailure.UnsupportedAlgorithm());
    ObjectNode garbage = good.deepCopy();
    ((ObjectNode) garbage.get("content")).put("ciphertext", "AAAA");
    assertThat(refused(garbage)).isEqualTo(new RoomDecryptionFailure.Malformed());
    ObjectNode altered = good.deepCopy();
    byte[] bytes = Base64Text.decode(altered.at("/content/ciphertext").textValue());
    bytes[20] ^= 1;
    ((ObjectNode) altered.get("content")).put("ciphertext", Base64Text.encode(bytes));
    assertThat(refused(altered)).isEqualTo(new RoomDecryptionFailure.NotAuthentic());
    read(good);
  }

  @Test
  void roomClearNothingThatChangesTheMeaningIsTakenFromOutside_ours() throws Exception {
    share();
    ObjectNode event = session.event("$1", ALICE, "x").put("state_key", "").put("redacts", "$0");
    event.putObject("unsigned").put("age", 5);
    ObjectNode clear = read(event).event();
    assertThat(clear.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "type", "content", "room_id", "sender", "event_id", "origin_server_ts", "unsigned");
    assertThat(clear.path("event_id").textValue()).isEqualTo("$1");
    assertThat(clear.at("/unsigned/age").intValue()).isEqualTo(5);
  }

  @Test
  void roomRelationComesFromOutsideUnlessItIsInside() throws Exception {
    share();
    ObjectNode outside = session.event("$1", ALICE, "x");
    ((ObjectNode) outside.get("content")).putObject("m.relates_to").put("event_id", "$0");
    assertThat(read(outside).event().at("/content/m.relates_to/event_id").textValue())
        .isEqualTo("$0");
    ObjectNode payload = session.payload("x");
    ((ObjectNode) payload.get("content")).putObject("m.relates_to").put("event_id", "$in");
    ObjectNode both = session.event("$2", ALICE, Json.mapper().writeValueAsBytes(payload));
    ((ObjectNode) both.get("content")).putObject("m.relates_to").put("event_id", "$out");
    assertThat(read(both).event().at("/content/m.relates_to/event_id").textValue())
        .isEqualTo("$in");
  }

  @Test
  void roomReplayACopyUnderAnotherEventIdIsRefused_ours() throws Exception {
    share();
    ObjectNode event = session.event("$1", ALICE, "x");
    ObjectNode copy = event.deepCopy().put("event_id", "$2");
    read(event);
    read(event);
    assertThat(refused(copy)).isEqualTo(new RoomDecryptionFailure.Replayed("$1"));
    bob.close();
    bob = open();
    assertThat(refused(copy)).isEqualTo(new RoomDecryptionFailure.Replayed("$1"));
    read(event);
  }

  @Test
  void roomWithheldTellsWhyAKeyIsMissing() throws Exception {
    withhold("m.unverified");
    ObjectNode event = session.event("$1", ALICE, "x");
    RoomDecryptionFailure missing =
        new RoomDecryptionFailure.MissingRoomKey(
            session.id(), Optional.of(WithheldCode.UNVERIFIED));
    assertThat(refused(event)).isEqualTo(missing);
    share();
    assertThat(refused(event)).as("known from a later index on").isEqualTo(missing);
    read(session.event("$2", ALICE, "x"));
    withhold("m.blacklisted");
    bob = open();
    assertThat(refused(event))
        .isEqualTo(
            new RoomDecryptionFailure.MissingRoomKey(
                session.id(), Optional.of(WithheldCode.BLACKLISTED)));
  }

  private ObjectNode notice(String code) {
    ObjectNode notice = Json.newObject().put("type", "m.room_key.withheld").put("sender", ALICE);
    notice
        .putObject("content")
        .put("algorithm", TestRoomSession.MEGOLM)
        .put("code", code)
        .put("room_id", ROOM)
        .put("session_id", session.session.sessionId())
        .put("sender_key", alice.identityKeys().curve25519().toBase64());
    return notice;
  }

  private void withhold(String code) throws Exception {
    assertThat(network.sync(bob, List.of(notice(code))))
        .singleElement()
        .isInstanceOf(ToDeviceResult.PlainText.class);
  }

  @Test
  void tdClearNoticesMustBeWellFormedAndNameAKnownCode() throws Exception {
    withhold("m.no_olm");
    withhold("org.example.other");
    assertThat(store.withheld(session.id())).isEmpty();
    for (String member : List.of("room_id", "session_id", "code", "algorithm")) {
      ObjectNode bad = notice("m.unverified");
      ((ObjectNode) bad.get("content")).remove(member);
      assertThat(network.sync(bob, List.of(bad)))
          .as(member)
          .singleElement()
          .isInstanceOf(ToDeviceResult.Invalid.class);
    }
    for (WithheldCode code : EnumSet.complementOf(EnumSet.of(WithheldCode.NO_OLM))) {
      withhold(code.code());
      assertThat(store.withheld(session.id()))
          .contains(new WithheldRoomKey(session.id(), code, ALICE));
    }
    send("m.room_key.withheld", (ObjectNode) notice("m.unauthorised").get("content"));
    assertThat(store.withheld(session.id()).orElseThrow().code())
        .isEqualTo(WithheldCode.UNAUTHORISED);
  }

  @Test
  void roomTrustUnsignedSignedAndVerifiedSenders() throws Exception {
    share();
    ObjectNode event = session.event("$1", ALICE, "x");
    assertThat(refused(ROOM, event, TrustPolicy.CROSS_SIGNED))
        .isEqualTo(new RoomDecryptionFailure.UntrustedSender(VerificationState.UNSIGNED_DEVICE));
    assertThat(read(event).info().verification()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    TestIdentity identity = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(bob.rooms().decrypt(ROOM, event, TrustPolicy.CROSS_SIGNED))
        .isInstanceOf(RoomEventResult.Decrypted.class);
    assertThat(read(event).info().verification()).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    bob.verifyIdentity(ALICE, identity.key());
    TestRoomSession later = new TestRoomSession(ROOM, network.random());
    send("m.room_key", later.roomKey());
    assertThat(read(later.event("$2", ALICE, "x")).info().verification())
        .isEqualTo(VerificationState.VERIFIED);
    assertThat(read(event).info().verification())
        .as("also by a key that came before")
        .isEqualTo(VerificationState.VERIFIED);
  }

  @Test
  void roomTrustAViolationIsRefusedByEveryPolicyButAll() throws Exception {
    TestIdentity first = network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    bob.verifyIdentity(ALICE, first.key());
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    share();
    ObjectNode event = session.event("$1", ALICE, "x");
    assertThat(refused(ROOM, event, TrustPolicy.CROSS_SIGNED))
        .isEqualTo(
            new RoomDecryptionFailure.UntrustedSender(VerificationState.VERIFICATION_VIOLATION));
    bob.withdrawVerification(ALICE);
    assertThat(state("$2")).isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
  }

  @Test
  void localDecisionsCountForRoomEvents_ours() throws Exception {
    share();
    ObjectNode event = session.event("$1", ALICE, "x");
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.BLOCKED);
    assertThat(refused(event)).isInstanceOf(RoomDecryptionFailure.UntrustedSender.class);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.VERIFIED);
    assertThat(read(event).info().verification()).isEqualTo(VerificationState.VERIFIED);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.UNSET);
    assertThat(read(event).info().verification()).isEqualTo(VerificationState.UNSIGNED_DEVICE);
  }

  @Test
  void roomSpoofAnEventInAnothersNameIsMarkedAndRefusedWhereTrustIsAskedFor() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    share();
    ObjectNode spoofed = session.event("$1", "@carol:c.example", "x");
    assertThat(refused(ROOM, spoofed, TrustPolicy.CROSS_SIGNED))
        .isEqualTo(new RoomDecryptionFailure.UntrustedSender(VerificationState.MISMATCHED_SENDER));
    RoomEventResult.Decrypted result = read(spoofed);
    assertThat(result.info().verification()).isEqualTo(VerificationState.MISMATCHED_SENDER);
    assertThat(result.info().senderDevice()).isEmpty();
    assertThat(bob.rooms().decrypt(ROOM, session.event("$2", ALICE, "x"), TrustPolicy.CROSS_SIGNED))
        .isInstanceOf(RoomEventResult.Decrypted.class);
  }

  /** A second device of Alice, of which Bob knows nothing. */
  private ForgedSender unknownDevice() throws Exception {
    ForgedSender sender = new ForgedSender(new UserDevice(ALICE, "ADEV2"), network.random(), bob);
    String key = network.claim(Set.of(BOB_DEVICE)).findValue("key").textValue();
    sender.startSession(io.matrixrtc.olm.Curve25519PublicKey.fromBase64(key));
    return sender;
  }

  private void shareFrom(ForgedSender sender, boolean withKeys) throws Exception {
    ObjectNode event =
        sender.event(
            "m.room_key",
            payload -> {
              payload.set("content", session.roomKey());
              if (!withKeys) {
                payload.remove("sender_device_keys");
              }
            });
    assertThat(network.sync(bob, List.of(event)))
        .singleElement()
        .isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  @Test
  void roomSenderAnUnknownSenderIsJudgedWhenItBecomesKnown() throws Exception {
    ForgedSender sender = unknownDevice();
    shareFrom(sender, false);
    assertThat(state("$1")).isEqualTo(VerificationState.NO_DEVICE);
    assertThat(refused(ROOM, session.event("$2", ALICE, "x"), TrustPolicy.CROSS_SIGNED))
        .isEqualTo(new RoomDecryptionFailure.UntrustedSender(VerificationState.NO_DEVICE));
    network.deviceKeys.put(sender.device, sender.keys.deviceKeys());
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(store.roomKey(session.id()).orElseThrow().info().sender().state())
        .as("with the list, before it is used")
        .isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    network.deviceKeys.remove(sender.device);
    network.refresh(bob, ALICE);
    assertThat(state("$3"))
        .as("the device is gone")
        .isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(read(session.event("$4", ALICE, "x")).info().senderDevice()).contains("ADEV2");
  }

  @Test
  void roomSenderDeviceKeysSentAlongNameTheOwner() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    ForgedSender sender = unknownDevice();
    shareFrom(sender, true);
    assertThat(state("$1")).isEqualTo(VerificationState.UNSIGNED_DEVICE);
    assertThat(read(session.event("$2", ALICE, "x")).info().senderDevice()).contains("ADEV2");
  }

  @Test
  void roomOwnerADeviceWithAnotherKeyThanWasClaimedDoesNotOwnTheSession() throws Exception {
    ForgedSender sender = unknownDevice();
    ObjectNode event =
        sender.event(
            "m.room_key",
            payload -> {
              payload.set("content", session.roomKey());
              payload.remove("sender_device_keys");
              payload
                  .putObject("keys")
                  .put(
                      "ed25519",
                      Account.generate(network.random()).identityKeys().ed25519().toBase64());
            });
    network.sync(bob, List.of(event));
    assertThat(state("$1")).as("nobody knows better yet").isEqualTo(VerificationState.NO_DEVICE);
    network.deviceKeys.put(sender.device, sender.keys.deviceKeys());
    network.refresh(bob, ALICE);
    assertThat(refused(session.event("$2", ALICE, "x")))
        .isEqualTo(new RoomDecryptionFailure.OwnerMismatch());

    TestRoomSession second = new TestRoomSession(ROOM, network.random());
    ObjectNode again =
        sender.event(
            "m.room_key",
            payload -> {
              payload.set("content", second.roomKey());
              payload.remove("sender_device_keys");
              payload.putObject("keys").put("ed25519", alice.identityKeys().ed25519().toBase64());
            });
    assertThat(network.sync(bob, List.of(again)))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.UnableToDecrypt.class,
            result -> assertThat(result.reason()).isEqualTo(UndecryptableReason.OTHER_SENDER_KEY));
    assertThat(store.roomKey(second.id())).isEmpty();
  }

  @Test
  void roomOwnerAKnownDeviceIdIsNotTakenOverByKeysSentAlong_ours() throws Exception {
    ForgedSender impostor = new ForgedSender(ALICE_DEVICE, network.random(), bob);
    String key = network.claim(Set.of(BOB_DEVICE)).findValue("key").textValue();
    impostor.startSession(io.matrixrtc.olm.Curve25519PublicKey.fromBase64(key));
    ObjectNode event =
        impostor.event("m.room_key", payload -> payload.set("content", session.roomKey()));
    assertThat(network.sync(bob, List.of(event)))
        .singleElement()
        .isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
    assertThat(store.roomKey(session.id())).isEmpty();
    share();
    assertThat(store.roomKey(session.id())).isPresent();
  }

  @Test
  void roomSharedAnyNameOfTheFlagCountsIfItIsTrue() throws Exception {
    for (String name :
        List.of("shared_history", "m.shared_history", "org.matrix.msc3061.shared_history")) {
      TestRoomSession shared = new TestRoomSession(ROOM, network.random());
      send("m.room_key", shared.roomKey().put(name, true));
      assertThat(store.roomKey(shared.id()).orElseThrow().info().sharedHistory()).isTrue();
      TestRoomSession not = new TestRoomSession(ROOM, network.random());
      send("m.room_key", not.roomKey().put(name, "true"));
      assertThat(store.roomKey(not.id()).orElseThrow().info().sharedHistory()).isFalse();
    }
  }

  @Test
  void roomKeysBeyondWhatMemoryHoldsAreReadFromTheStore() throws Exception {
    share();
    ObjectNode event = session.event("$1", ALICE, "x");
    read(event);
    for (int i = 0; i <= RoomKeys.MAX_IN_MEMORY; i++) {
      network.deliver(
          alice, "m.room_key", new TestRoomSession(ROOM, network.random()).roomKey(), BOB_DEVICE);
    }
    network.sync(bob);
    read(event);
    assertThat(store.roomKeys(Optional.empty(), 5_000)).hasSize(RoomKeys.MAX_IN_MEMORY + 2);
  }
}
