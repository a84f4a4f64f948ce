package io.matrixrtc.e2ee;

import static io.matrixrtc.e2ee.RoomFixture.ALICE;
import static io.matrixrtc.e2ee.RoomFixture.ALICE_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.BOB;
import static io.matrixrtc.e2ee.RoomFixture.BOB_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.joined;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.Forwarded;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.NotForwarded;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.NotTaken;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.Received;
import io.matrixrtc.e2ee.RoomKeyRequestEvent.Refusal;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Missing room keys among our own devices: bob's laptop has one that his phone wants. */
class RoomKeyRequestsTest {
  private static final UserDevice PHONE = new UserDevice(BOB, "PHONE");
  private static final String REQUEST = "m.room_key_request";
  private static final String FORWARD = "m.forwarded_room_key";

  private final RoomFixture rooms = new RoomFixture(53);
  private final MachineNetwork network = rooms.network;
  private final MemoryCryptoStore phoneStore = new MemoryCryptoStore();
  private OlmMachine alice;
  private OlmMachine laptop;
  private OlmMachine phone;
  private ObjectNode event;
  private RoomKeyId key;

  @BeforeEach
  void theLaptopHasAKeyThatThePhoneLacks() throws Exception {
    alice = rooms.open(ALICE_DEVICE);
    laptop = rooms.open(BOB_DEVICE);
    network.introduce(alice, laptop);
    RoomEncryptionOutcome.Encrypted encrypted = rooms.encrypt(alice, joined(ALICE, BOB), "old");
    event = rooms.event(alice, encrypted);
    key = encrypted.key();
    network.sync(laptop);
    phone = rooms.open(PHONE, MachineNetwork.ALL, phoneStore);
    network.introduce(alice, laptop, phone);
    laptop.setLocalTrust(PHONE, LocalTrust.VERIFIED);
    phone.setLocalTrust(BOB_DEVICE, LocalTrust.VERIFIED);
    network.carriedOut.clear();
  }

  private void exchange(OlmMachine... machines) throws Exception {
    for (OlmMachine machine : machines) {
      network.sync(machine);
      network.settle(machine);
    }
  }

  private ObjectNode request(UserDevice from, String id, RoomKeyId wanted) {
    ObjectNode request = Json.newObject().put("type", REQUEST).put("sender", from.userId());
    ObjectNode content =
        request
            .putObject("content")
            .put("action", "request")
            .put("request_id", id)
            .put("requesting_device_id", from.deviceId());
    content
        .putObject("body")
        .put("algorithm", TestRoomSession.MEGOLM)
        .put("room_id", wanted.roomId())
        .put("session_id", wanted.sessionId());
    return request;
  }

  @Test
  void requestOnceAMissingKeyIsAskedForAndItsEventReadable_B127() throws Exception {
    assertThat(rooms.refused(phone, event))
        .isInstanceOf(RoomDecryptionFailure.MissingRoomKey.class);
    assertThat(rooms.refused(phone, event))
        .isInstanceOf(RoomDecryptionFailure.MissingRoomKey.class);
    network.settle(phone);
    assertThat(rooms.sent(REQUEST)).as("once").containsExactly(BOB_DEVICE);
    assertThat(phone.rooms().openKeyRequests()).containsExactly(key);
    exchange(laptop, phone);
    assertThat(laptop.rooms().takeKeyRequestEvents()).containsExactly(new Forwarded(PHONE, key));
    assertThat(phone.rooms().takeKeyRequestEvents()).containsExactly(new Received(BOB_DEVICE, key));
    assertThat(phone.rooms().takeArrivedKeys()).containsExactly(key);
    assertThat(phone.rooms().openKeyRequests()).isEmpty();
    assertThat(rooms.text(phone, event)).isEqualTo("old");
  }

  @Test
  void forwardHearsayWhatOnlyAForwardedKeyOpensIsNotTrusted() throws Exception {
    rooms.refused(phone, event);
    exchange(phone, laptop, phone);
    assertThat(phone.rooms().decrypt(RoomFixture.ROOM, event, TrustPolicy.CROSS_SIGNED))
        .isInstanceOfSatisfying(
            RoomEventResult.UnableToDecrypt.class,
            refused ->
                assertThat(refused.failure())
                    .isEqualTo(
                        new RoomDecryptionFailure.UntrustedSender(
                            VerificationState.INSECURE_SOURCE)));
    assertThat(rooms.text(phone, event)).isEqualTo("old");
  }

  @Test
  void requestCancelWhenTheKeyComesAnotherWayOrIsAskedForAnew_B126() throws Exception {
    OlmMachine tablet = rooms.open(new UserDevice(BOB, "TABLET"));
    network.introduce(phone, laptop, tablet);
    phone.setLocalTrust(tablet.device(), LocalTrust.VERIFIED);
    network.carriedOut.clear();
    assertThat(phone.rooms().requestKey(key)).isTrue();
    network.settle(phone);
    assertThat(rooms.sent(REQUEST)).containsExactly(BOB_DEVICE, tablet.device());
    assertThat(phone.rooms().requestKey(key)).isTrue();
    network.settle(phone);
    assertThat(actions(tablet)).containsExactly("request", "request_cancellation", "request");
    exchange(laptop, phone);
    assertThat(actions(tablet))
        .as("the other device need not answer")
        .contains("request_cancellation");
    assertThat(phone.rooms().openKeyRequests()).isEmpty();
  }

  @Test
  void requestCancelWhenTheKeyIsImported() throws Exception {
    phone.rooms().requestKey(key);
    network.settle(phone);
    assertThat(actions(laptop)).containsExactly("request");
    try (RoomKeyCopy copy = laptop.rooms().keys().find(key).orElseThrow()) {
      phone.rooms().keys().merge(List.of(copy), Optional.empty(), new ExtraWrites());
    }
    network.settle(phone);
    assertThat(actions(laptop)).containsExactly("request_cancellation");
    assertThat(phone.rooms().openKeyRequests()).isEmpty();
  }

  @Test
  void requestOnceAKeyThatStartsTooLateIsAskedFor() throws Exception {
    TestRoomSession session = new TestRoomSession(RoomFixture.ROOM, network.random());
    ObjectNode before = session.event("$0", ALICE, "before");
    ObjectNode after = session.event("$1", ALICE, "after");
    network.deliver(alice, "m.room_key", session.roomKey(), PHONE);
    ObjectNode readable = session.event("$2", ALICE, "readable");
    network.carriedOut.clear();
    assertThat(rooms.text(phone, readable)).isEqualTo("readable");
    assertThat(rooms.sent(REQUEST)).as("the control").isEmpty();
    assertThat(rooms.refused(phone, before)).isInstanceOf(RoomDecryptionFailure.UnknownIndex.class);
    assertThat(rooms.refused(phone, after)).isInstanceOf(RoomDecryptionFailure.UnknownIndex.class);
    network.settle(phone);
    assertThat(rooms.sent(REQUEST)).containsExactly(BOB_DEVICE);
    assertThat(phone.rooms().openKeyRequests()).containsExactly(session.id());
  }

  private List<String> actions(OlmMachine at) {
    List<String> actions = new ArrayList<>();
    network
        .takeQueue(at.device())
        .forEach(request -> actions.add(request.path("content").path("action").asText()));
    return actions;
  }

  @Test
  void requestOnceARequestIsOpenAfterARestartUnderItsId() throws Exception {
    phone.rooms().requestKey(key);
    phone.close();
    phone = network.open(PHONE, MachineNetwork.ALL, phoneStore);
    assertThat(phone.rooms().openKeyRequests()).containsExactly(key);
    network.settle(phone);
    exchange(laptop, phone);
    assertThat(phone.rooms().takeKeyRequestEvents()).containsExactly(new Received(BOB_DEVICE, key));
  }

  @Test
  void requestVerifiedNobodyIsAskedWhoIsNotVerified_B127() throws Exception {
    phone.setLocalTrust(BOB_DEVICE, LocalTrust.UNSET);
    assertThat(phone.rooms().requestKey(key)).isFalse();
    rooms.refused(phone, event);
    network.settle(phone);
    assertThat(rooms.sent(REQUEST)).isEmpty();
    phone.setLocalTrust(BOB_DEVICE, LocalTrust.VERIFIED);
    assertThat(phone.rooms().requestKey(key)).isTrue();
  }

  @Test
  void requestsCanBeSwitchedOff_B127() throws Exception {
    phone.rooms().askOwnDevices(false);
    rooms.refused(phone, event);
    network.settle(phone);
    assertThat(rooms.sent(REQUEST)).isEmpty();
    assertThat(phone.rooms().requestKey(key)).as("unless the app says so").isTrue();
  }

  @Test
  void requestBoundTheOldestIsCancelledForANewOne() throws Exception {
    RoomKeyId first = new RoomKeyId("!r:x", "s0");
    for (int i = 0; i < RoomKeyRequests.MAX_OPEN; i++) {
      phone.rooms().requestKey(new RoomKeyId("!r:x", "s" + i));
    }
    assertThat(phone.rooms().openKeyRequests()).hasSize(RoomKeyRequests.MAX_OPEN).contains(first);
    phone.rooms().requestKey(key);
    assertThat(phone.rooms().openKeyRequests())
        .hasSize(RoomKeyRequests.MAX_OPEN)
        .contains(key)
        .doesNotContain(first);
  }

  @Test
  void forwardOwnARequestFromAnotherUsersDeviceIsRefused_B127() throws Exception {
    network.sync(laptop, List.of(request(ALICE_DEVICE, "1", key)));
    network.settle(laptop);
    assertThat(laptop.rooms().takeKeyRequestEvents())
        .containsExactly(new NotForwarded(ALICE_DEVICE, Refusal.OTHER_USER));
    assertThat(network.takeQueue(ALICE_DEVICE)).isEmpty();
    network.sync(laptop, List.of(request(PHONE, "1", key)));
    network.settle(laptop);
    assertThat(laptop.rooms().takeKeyRequestEvents()).containsExactly(new Forwarded(PHONE, key));
  }

  @Test
  void forwardVerifiedOnlyAVerifiedDeviceIsAnswered_B127() throws Exception {
    for (LocalTrust trust : List.of(LocalTrust.UNSET, LocalTrust.BLOCKED)) {
      laptop.setLocalTrust(PHONE, trust);
      network.sync(laptop, List.of(request(PHONE, "1", key)));
      network.settle(laptop);
      assertThat(laptop.rooms().takeKeyRequestEvents())
          .containsExactly(new NotForwarded(PHONE, Refusal.UNVERIFIED_DEVICE));
    }
    UserDevice unknown = new UserDevice(BOB, "NOBODY");
    network.sync(laptop, List.of(request(unknown, "1", key)));
    network.settle(laptop);
    assertThat(laptop.rooms().takeKeyRequestEvents())
        .containsExactly(new NotForwarded(unknown, Refusal.UNKNOWN_DEVICE));
    assertThat(network.queues).doesNotContainKey(PHONE);
    laptop.setLocalTrust(PHONE, LocalTrust.VERIFIED);
    network.sync(laptop, List.of(request(PHONE, "1", key)));
    network.settle(laptop);
    assertThat(laptop.rooms().takeKeyRequestEvents()).containsExactly(new Forwarded(PHONE, key));
  }

  @Test
  void forwardVerifiedADeviceThatIsNotKnownYetIsLookedUpFirst() throws Exception {
    OlmMachine tablet = rooms.open(new UserDevice(BOB, "TABLET"));
    network.settle(tablet);
    network.sync(laptop, List.of(request(tablet.device(), "1", key)));
    assertThat(laptop.find(tablet.device())).isEmpty();
    network.settle(laptop);
    assertThat(laptop.find(tablet.device())).as("looked up").isPresent();
    assertThat(laptop.rooms().takeKeyRequestEvents())
        .containsExactly(new NotForwarded(tablet.device(), Refusal.UNVERIFIED_DEVICE));
  }

  @Test
  void forwardOnceARequestIsAnsweredOnceAndACancelledOneNotAtAll() throws Exception {
    ObjectNode asked = request(PHONE, "1", key);
    network.sync(laptop, List.of(asked, asked));
    network.settle(laptop);
    network.sync(laptop, List.of(asked));
    network.settle(laptop);
    assertThat(laptop.rooms().takeKeyRequestEvents())
        .containsExactlyInAnyOrder(
            new Forwarded(PHONE, key), new NotForwarded(PHONE, Refusal.ANSWERED_BEFORE));
    ObjectNode cancelled = request(PHONE, "2", key);
    ((ObjectNode) cancelled.path("content")).put("action", "request_cancellation");
    network.sync(laptop, List.of(request(PHONE, "2", key), cancelled));
    network.settle(laptop);
    assertThat(laptop.rooms().takeKeyRequestEvents()).isEmpty();
  }

  /** The ids of the keys that the phone is told are not there, of so many that it asks for. */
  private List<String> unavailableOf(int count) throws Exception {
    List<ObjectNode> many = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      many.add(request(PHONE, "r" + i, new RoomKeyId(RoomFixture.ROOM, "s" + i)));
    }
    laptop.invalidateDeviceLists(network.now);
    network.sync(laptop, many);
    network.settle(laptop);
    return network.takeQueue(PHONE).stream()
        .map(notice -> notice.path("content").path("session_id").asText())
        .toList();
  }

  @Test
  void requestsThatWaitForADeviceListAreBounded() throws Exception {
    assertThat(unavailableOf(RoomKeyForwards.MAX_WAITING))
        .hasSize(RoomKeyForwards.MAX_WAITING)
        .startsWith("s0");
    assertThat(unavailableOf(RoomKeyForwards.MAX_WAITING + 1))
        .as("the oldest goes")
        .hasSize(RoomKeyForwards.MAX_WAITING)
        .startsWith("s1");
  }

  @Test
  void forwardOnceIsRememberedInBounds() throws Exception {
    int perSync = 500;
    for (int from = 0; from < RoomKeyForwards.MAX_ANSWERED; from += perSync) {
      List<ObjectNode> some = new ArrayList<>();
      for (int i = from; i < from + perSync; i++) {
        some.add(request(PHONE, "r" + i, key));
      }
      network.sync(laptop, some);
      network.settle(laptop);
      network.carriedOut.clear();
    }
    assertThat(network.takeQueue(PHONE)).hasSize(RoomKeyForwards.MAX_ANSWERED);
    assertThat(isAnswered("r0")).as("as many are remembered").isFalse();
    assertThat(isAnswered("new")).isTrue();
    assertThat(isAnswered("r1")).isFalse();
    assertThat(isAnswered("r0")).as("one too many").isTrue();
  }

  private boolean isAnswered(String requestId) throws Exception {
    network.sync(laptop, List.of(request(PHONE, requestId, key)));
    network.settle(laptop);
    return !network.takeQueue(PHONE).isEmpty();
  }

  @Test
  void requestsThatAreNoneAndKeysThatAreNotHeldAreRefused() throws Exception {
    ObjectNode other = request(PHONE, "1", key);
    ((ObjectNode) other.path("content").path("body")).put("algorithm", "m.other");
    network.sync(
        laptop, List.of(other, request(PHONE, "2", new RoomKeyId(RoomFixture.ROOM, "unknown"))));
    network.settle(laptop);
    assertThat(laptop.rooms().takeKeyRequestEvents())
        .containsExactly(
            new NotForwarded(PHONE, Refusal.MALFORMED), new NotForwarded(PHONE, Refusal.NOT_HELD));
    ObjectNode notice = (ObjectNode) network.takeQueue(PHONE).get(0);
    assertThat(notice.path("type").asText()).isEqualTo("m.room_key.withheld");
    assertThat(notice.path("content").path("code").asText()).isEqualTo("m.unavailable");
    assertThat(notice.path("content").path("session_id").asText()).isEqualTo("unknown");
    ObjectNode echo = request(BOB_DEVICE, "3", key);
    network.sync(laptop, List.of(echo));
    assertThat(laptop.rooms().takeKeyRequestEvents()).as("our own, echoed").isEmpty();
  }

  /** A key as a forward carries it; whoever sends it may have made it up. */
  private ObjectNode forward(TestRoomSession session) throws Exception {
    try (SessionKey sessionKey = session.session.sessionKey();
        InboundGroupSession inbound =
            InboundGroupSession.fromSessionKey(sessionKey, SessionConfig.V1);
        ExportedSessionKey exported = inbound.exportAtFirstKnownIndex()) {
      ObjectNode content =
          Json.newObject()
              .put("algorithm", TestRoomSession.MEGOLM)
              .put("room_id", session.roomId)
              .put("session_id", session.session.sessionId())
              .put("session_key", exported.toBase64())
              .put("sender_key", alice.identityKeys().curve25519().toBase64())
              .put("sender_claimed_ed25519_key", alice.identityKeys().ed25519().toBase64());
      content.putArray("forwarding_curve25519_key_chain");
      return content;
    }
  }

  private RoomKeyRequestEvent afterForward(OlmMachine from, ObjectNode content) throws Exception {
    network.deliver(from, FORWARD, content, PHONE);
    network.sync(phone);
    network.settle(phone);
    List<RoomKeyRequestEvent> events = phone.rooms().takeKeyRequestEvents();
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  @Test
  void forwardRequestedForgedOnesAreRefusedAndTheRightOneTaken_B127() throws Exception {
    TestRoomSession session = new TestRoomSession(RoomFixture.ROOM, network.random());
    ObjectNode content = forward(session);
    assertThat(afterForward(laptop, content)).isEqualTo(new NotTaken(BOB, Refusal.NOT_REQUESTED));
    phone.rooms().requestKey(session.id());
    network.settle(phone);
    assertThat(afterForward(alice, content)).isEqualTo(new NotTaken(ALICE, Refusal.OTHER_USER));
    OlmMachine tablet = rooms.open(new UserDevice(BOB, "TABLET"));
    network.introduce(phone, tablet);
    assertThat(afterForward(tablet, content))
        .isEqualTo(new NotTaken(BOB, Refusal.UNVERIFIED_DEVICE));
    phone.setLocalTrust(tablet.device(), LocalTrust.VERIFIED);
    assertThat(afterForward(tablet, content))
        .as("it was not asked")
        .isEqualTo(new NotTaken(BOB, Refusal.NOT_REQUESTED));
    assertThat(phone.rooms().keys().info(session.id())).isEmpty();
    assertThat(afterForward(laptop, content)).isEqualTo(new Received(BOB_DEVICE, session.id()));
    assertThat(phone.rooms().keys().info(session.id()).orElseThrow().source())
        .isEqualTo(RoomKeySource.IMPORTED);
  }

  @Test
  void forwardIdAKeyOfAnotherSessionOrNoneIsMalformed() throws Exception {
    TestRoomSession session = new TestRoomSession(RoomFixture.ROOM, network.random());
    TestRoomSession other = new TestRoomSession(RoomFixture.ROOM, network.random());
    phone.rooms().requestKey(session.id());
    network.settle(phone);
    List<ObjectNode> bad =
        List.of(
            forward(session).put("session_key", forward(other).path("session_key").asText()),
            forward(session).put("session_key", session.roomKey().path("session_key").asText()),
            forward(session).put("algorithm", "m.other"),
            forward(session).put("sender_key", "AAAA"),
            forward(session).put("sender_claimed_ed25519_key", ""));
    for (ObjectNode content : bad) {
      assertThat(afterForward(laptop, content)).isEqualTo(new NotTaken(BOB, Refusal.MALFORMED));
    }
    assertThat(afterForward(laptop, forward(session)))
        .isEqualTo(new Received(BOB_DEVICE, session.id()));
  }

  @Test
  void forwardHearsayACopyThatContradictsTheOwnersIsDropped() throws Exception {
    TestRoomSession real = new TestRoomSession(RoomFixture.ROOM, network.random());
    real.event("$0", ALICE, "before");
    network.deliver(alice, "m.room_key", real.roomKey(), PHONE);
    network.sync(phone);
    phone.rooms().requestKey(real.id());
    network.settle(phone);
    ObjectNode forged =
        forward(real).put("sender_key", laptop.identityKeys().curve25519().toBase64());
    assertThat(afterForward(laptop, forged)).isEqualTo(new NotTaken(BOB, Refusal.NOTHING_NEW));
    assertThat(phone.rooms().keys().info(real.id()).orElseThrow().senderKey())
        .isEqualTo(alice.identityKeys().curve25519());
  }

  @Test
  void missingKeysGoToThePortOnceUntilTheyArrive() throws Exception {
    List<RoomKeyId> wanted = new ArrayList<>();
    phone.rooms().missingKeys(wanted::add);
    phone.rooms().askOwnDevices(false);
    rooms.refused(phone, event);
    rooms.refused(phone, event);
    assertThat(wanted).containsExactly(key);
    List<RoomKeyCopy> copies = List.of(laptop.rooms().keys().find(key).orElseThrow());
    phone.rooms().keys().merge(copies, Optional.empty(), new ExtraWrites());
    copies.forEach(RoomKeyCopy::close);
    assertThat(phone.rooms().takeArrivedKeys()).isEqualTo(Set.of(key));
    assertThat(phone.rooms().takeArrivedKeys()).isEmpty();
    assertThat(rooms.text(phone, event)).isEqualTo("old");
  }
}
