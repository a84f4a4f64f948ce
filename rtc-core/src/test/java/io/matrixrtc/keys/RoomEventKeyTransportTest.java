package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RoomEventKeyTransportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROOM = "!abc:example.org";
  private static final DeviceAddress ALICE = new DeviceAddress("@alice:example.org", "ABCDEFGHIJ");
  private static final DeviceAddress BOB = new DeviceAddress("@bob:example.org", "BOBDEVICE");
  private static final CallMember BOB_IN_CALL =
      new CallMember(BOB, "x", Instant.EPOCH, "@bob:example.org:BOBDEVICE");
  private static final String KEY = "AAECAwQFBgcICQoLDA0ODw";

  private final VirtualTime time = new VirtualTime();
  private final RoomEventNetwork room = new RoomEventNetwork();
  private final List<ReceivedKey> keys = new ArrayList<>();
  private final List<KeyRefusal> refusals = new ArrayList<>();
  private final KeyTransport.Sink sink =
      new KeyTransport.Sink() {
        @Override
        public void onKey(ReceivedKey key) {
          keys.add(key);
        }

        @Override
        public void onRefused(KeyRefusal refusal) {
          refusals.add(refusal);
        }
      };
  private final RoomEventKeyTransport alice = transport(ALICE, true);
  private final RoomEventKeyTransport bob = transport(BOB, true);

  private RoomEventKeyTransport transport(DeviceAddress own, boolean cleansUp) {
    return new RoomEventKeyTransport(
        new CallContext(ROOM, "m.call#ROOM", own),
        new RoomEventKeyTransport.Settings(TrustRequirement.CROSS_SIGNED, cleansUp),
        room.channel(own),
        time);
  }

  private static ObjectNode content(String json) throws Exception {
    return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
  }

  private static ObjectNode good() throws Exception {
    return content(
        "{'keys':[{'index':0,'key':'"
            + KEY
            + "'}],'device_id':'ABCDEFGHIJ','call_id':'','sent_ts':1770000000000}");
  }

  private static MediaKey sixteen() {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 16; i++) {
      bytes[i] = (byte) i;
    }
    return MediaKey.copyOf(bytes);
  }

  private Map<CallMember, Delivery> send(RoomEventKeyTransport from, int index) {
    return from.send(sixteen(), new KeyIndex(index), Set.of(BOB_IN_CALL))
        .toCompletableFuture()
        .getNow(Map.of());
  }

  private void deliver(ObjectNode content) {
    room.deliver(new SenderEvidence.OlmDevice(ALICE, Trust.CROSS_SIGNED), content);
  }

  @Test
  void rkFormLk2SendsExactlyTheLegacyContentUnpadded() throws Exception {
    assertThat(send(alice, 0)).isEqualTo(Map.of(BOB_IN_CALL, new Delivery.Served()));
    assertThat(room.events)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.type()).isEqualTo("io.element.call.encryption_keys");
              assertThat(event.content()).isEqualTo(good());
            });
  }

  @Test
  void lk2NothingIsSentWhileNobodyElseIsThere_ours() {
    alice.send(sixteen(), KeyIndex.ZERO, Set.of());
    CallMember self = new CallMember(ALICE, "a", Instant.EPOCH, "a");
    alice.send(sixteen(), KeyIndex.ZERO, Set.of(self));
    assertThat(room.events).isEmpty();
    send(alice, 0);
    assertThat(room.events).as("control").hasSize(1);
  }

  @Test
  void rk1AValidEventIsHandedOnWithAllItsParts() throws Exception {
    bob.subscribe(sink);
    deliver(good());
    assertThat(refusals).isEmpty();
    assertThat(keys)
        .singleElement()
        .satisfies(
            key -> {
              assertThat(key.from()).isEqualTo(ALICE);
              assertThat(key.memberId()).isEqualTo("@alice:example.org:ABCDEFGHIJ");
              assertThat(key.index()).isEqualTo(KeyIndex.ZERO);
              assertThat(key.key().sameMaterial(sixteen())).isTrue();
              assertThat(key.sentAt()).contains(Instant.ofEpochMilli(1_770_000_000_000L));
              assertThat(key.way()).isEqualTo(KeyWay.ROOM_EVENT);
            });
  }

  @Test
  void rk3MalformedEventsAreRefusedByField() throws Exception {
    bob.subscribe(sink);
    List<Consumer<ObjectNode>> damages =
        List.of(
            ObjectNode::removeAll,
            content -> content.put("call_id", "FOO"),
            content -> content.remove("call_id"),
            content -> content.put("keys", "nope"),
            content -> content.putArray("keys"),
            content -> content.remove("device_id"),
            content -> ((ObjectNode) content.at("/keys/0")).remove("key"),
            content -> ((ObjectNode) content.at("/keys/0")).put("key", ""),
            content -> ((ObjectNode) content.at("/keys/0")).put("index", "0"),
            content -> ((ObjectNode) content.at("/keys/0")).put("index", 256),
            content -> ((ObjectNode) content.at("/keys/0")).put("key", "AAEC"));
    for (Consumer<ObjectNode> damage : damages) {
      ObjectNode content = good();
      damage.accept(content);
      deliver(content);
    }
    assertThat(keys).isEmpty();
    assertThat(refusals).hasSize(damages.size());
    deliver(good());
    assertThat(keys).as("control").hasSize(1);
  }

  @Test
  void rk3ABrokenEntryBesideAGoodOneIsLeftOut() throws Exception {
    bob.subscribe(sink);
    ObjectNode content = good();
    ArrayNode entries = (ArrayNode) content.get("keys");
    entries.addNull();
    entries.addObject().put("index", "3").put("key", KEY);
    entries.addObject().put("index", 7).put("key", KEY);
    deliver(content);
    assertThat(keys).extracting(key -> key.index().value()).containsExactly(0, 7);
    assertThat(refusals).isEmpty();
  }

  @Test
  void rkBoundAnEventHas16KeysAndOneWith17IsRefused() throws Exception {
    bob.subscribe(sink);
    ObjectNode content = good();
    ArrayNode entries = (ArrayNode) content.get("keys");
    for (int i = 1; i < RoomKeysContent.MAX_ENTRIES; i++) {
      entries.addObject().put("index", i).put("key", KEY);
    }
    deliver(content);
    assertThat(keys).hasSize(16);
    entries.addObject().put("index", 16).put("key", KEY);
    deliver(content);
    assertThat(keys).hasSize(16);
    assertThat(refusals).hasSize(1);
  }

  @Test
  void lk13TheAgeIsFromTheSendersTimeElseFromTheServers() throws Exception {
    bob.subscribe(sink);
    room.takenAt = Instant.ofEpochMilli(1_770_000_001_000L);
    Instant now = room.takenAt.plusSeconds(3);
    deliver(good());
    ObjectNode undated = good();
    undated.remove("sent_ts");
    deliver(undated);
    room.takenAt = now.plusMillis(1);
    deliver(undated);
    assertThat(keys)
        .extracting(key -> key.age(now))
        .containsExactly(
            Optional.of(Duration.ofSeconds(4)),
            Optional.of(Duration.ofSeconds(3)),
            Optional.of(Duration.ZERO));
  }

  @Test
  void rkOwnLk12OwnEventsAreIgnored() {
    alice.subscribe(sink);
    send(alice, 0);
    assertThat(keys).isEmpty();
    assertThat(refusals).isEmpty();
    bob.subscribe(sink);
    send(alice, 1);
    assertThat(keys).as("control").hasSize(1);
  }

  @Test
  void rkClaimAnEventThatNamesAnotherDeviceThanItsKeyIsRefused_ours() throws Exception {
    bob.subscribe(sink);
    deliver(good().put("device_id", "OTHER"));
    assertThat(keys).isEmpty();
    assertThat(refusals).hasOnlyElementsOfType(KeyRefusal.ClaimedAnotherDevice.class).hasSize(1);
  }

  @Test
  void rkCleartextIsRefusedAndSoIsAHostsWord_ours() throws Exception {
    bob.subscribe(sink);
    room.deliverCleartext(ALICE.userId(), good());
    assertThat(refusals).hasOnlyElementsOfType(KeyRefusal.Cleartext.class).hasSize(1);
    room.deliver(new SenderEvidence.HostAttested(ALICE.userId()), good());
    assertThat(refusals).hasSize(2);
    assertThat(keys).isEmpty();
  }

  @Test
  void rkTrustAnUnsignedDeviceIsRefused_ours() throws Exception {
    bob.subscribe(sink);
    room.deliver(new SenderEvidence.OlmDevice(ALICE, Trust.KNOWN), good());
    assertThat(refusals).hasOnlyElementsOfType(KeyRefusal.Untrusted.class).hasSize(1);
    deliver(good());
    assertThat(keys).as("control").hasSize(1);
  }

  @Test
  void rkCleanARetiredKeysEventsAreRedactedAndItsRoomKeyIsUsedNoMore_ours() {
    send(alice, 4);
    send(alice, 4);
    send(alice, 5);
    assertThat(room.events).extracting(RoomEventNetwork.Event::roomKey).containsExactly(1, 1, 2);
    assertThat(room.redacted).isEmpty();
    alice.onRetired(new KeyIndex(4));
    assertThat(room.redacted).containsExactly("$0", "$1");
    alice.onRetired(new KeyIndex(4));
    assertThat(room.redacted).as("once").hasSize(2);
    alice.close();
    assertThat(room.redacted).as("no key outlives the call").containsExactly("$0", "$1", "$2");
  }

  @Test
  void rkCleanAKeyThatIsRetiredBeforeItsEventIsAnsweredIsRedactedToo_ours() {
    room.slow = true;
    send(alice, 4);
    alice.onRetired(new KeyIndex(4));
    assertThat(room.redacted).isEmpty();
    room.answerAll();
    assertThat(room.redacted).containsExactly("$0");
  }

  @Test
  void rkCleanCanBeSwitchedOff() {
    RoomEventKeyTransport untidy = transport(ALICE, false);
    send(untidy, 4);
    untidy.onRetired(new KeyIndex(4));
    untidy.close();
    assertThat(room.redacted).isEmpty();
    assertThat(room.events).extracting(RoomEventNetwork.Event::roomKey).containsExactly(0);
  }

  @Test
  void rkOutcomeEachDeviceHasTheOutcomeOfTheRoomKey() {
    room.shares.put(BOB, new ToDeviceChannel.Outcome.Refused("not signed"));
    assertThat(reason(send(alice, 0))).contains(Delivery.Reason.REFUSED);
    room.shares.clear();
    room.refusal = device -> new RoomEventChannel.Outcome.Failed("offline");
    assertThat(reason(send(alice, 0))).contains(Delivery.Reason.NOT_SENT);
    room.refusal = device -> new RoomEventChannel.Outcome.RoomNotEncrypted();
    assertThat(reason(send(alice, 0))).contains(Delivery.Reason.REFUSED);
    room.refusal = device -> null;
    assertThat(reason(send(alice, 0))).as("control").isEmpty();
  }

  private static Optional<Delivery.Reason> reason(Map<CallMember, Delivery> answers) {
    return answers.get(BOB_IN_CALL) instanceof Delivery.Failed failed
        ? Optional.of(failed.reason())
        : Optional.empty();
  }

  @Test
  void rkCloseEndsSubscriptionsAndSending() throws Exception {
    KeyTransport.Subscription first = bob.subscribe(sink);
    bob.subscribe(sink);
    assertThat(room.listeners(BOB)).isEqualTo(2);
    first.close();
    assertThat(room.listeners(BOB)).isEqualTo(1);
    bob.close();
    assertThat(room.listeners(BOB)).isZero();
    deliver(good());
    assertThat(keys).isEmpty();
    assertThatThrownBy(
            () -> bob.send(sixteen(), KeyIndex.ZERO, Set.of()).toCompletableFuture().join())
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void rkGarbageAnyContentIsKeysOrOneRefusalAndNoneShowsTheKey() {
    bob.subscribe(sink);
    Cases.run(
        "room key events",
        300,
        20_000,
        (seed, random) -> {
          keys.clear();
          refusals.clear();
          ObjectNode content = good();
          int at = random.nextInt(6);
          switch (at) {
            case 0 -> content.put("call_id", random.nextInt(3));
            case 1 -> content.putArray("keys").add(random.nextInt());
            case 2 -> content.put("sent_ts", random.nextDouble());
            case 3 -> ((ObjectNode) content.at("/keys/0")).put("index", random.nextDouble() * 300);
            case 4 ->
                ((ObjectNode) content.at("/keys/0")).put("key", KEY.repeat(random.nextInt(9)));
            default -> content.put("device_id", "D" + random.nextInt());
          }
          deliver(content);
          assertThat(keys.size() + refusals.size()).isEqualTo(1);
          assertThat(refusals.toString()).doesNotContain(KEY);
        });
  }
}
