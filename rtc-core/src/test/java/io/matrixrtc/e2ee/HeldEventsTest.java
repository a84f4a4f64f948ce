package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events of devices that were not trusted when they came, and are later. */
class HeldEventsTest {
  private static final String ALICE = "@alice:a.example";
  private static final String BOB = "@bob:b.example";
  private static final UserDevice ALICE_DEVICE = new UserDevice(ALICE, "ADEV");
  private static final String TYPE = "org.example.test";

  private final MachineNetwork network = new MachineNetwork(31);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void twoUsers() throws Exception {
    alice = network.open(ALICE_DEVICE.userId(), ALICE_DEVICE.deviceId());
    bob = open("BDEV", store);
    network.introduce(alice, bob);
  }

  private OlmMachine open(String deviceId, CryptoStore in) throws Exception {
    return network.open(new UserDevice(BOB, deviceId), OlmMachine.Settings.defaults(), in);
  }

  /** Alice's device sends an event that bob refuses. */
  private void refused(String type, int number) throws Exception {
    network.deliver(alice, type, Json.newObject().put("n", number), bob.device());
    assertThat(network.sync(bob))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.UnableToDecrypt.class,
            result -> assertThat(result.reason()).isEqualTo(UndecryptableReason.UNTRUSTED_SENDER));
    assertThat(taken()).isEmpty();
  }

  /** Alice has an identity, which has signed her device. */
  private void aliceIsSigned() throws Exception {
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
  }

  private List<ToDeviceResult> taken() throws Exception {
    return bob.takeTrustedEvents(network.now);
  }

  private static List<Integer> numbers(List<ToDeviceResult> results) {
    return results.stream()
        .map(result -> ((ToDeviceResult.Decrypted) result).content().path("n").asInt())
        .toList();
  }

  @Test
  void tdHeldEventsOfADeviceThatIsSignedLaterAreTakenThen_ours() throws Exception {
    refused(TYPE, 1);
    refused(TYPE, 2);
    OlmMachine carol = network.open("@carol:c.example", "C");
    network.introduce(bob, carol);
    network.newIdentity("@carol:c.example");
    network.refresh(bob, "@carol:c.example", ALICE);
    assertThat(taken()).as("somebody else is signed").isEmpty();
    aliceIsSigned();
    List<ToDeviceResult> taken = taken();
    assertThat(numbers(taken)).as("in the order in which they came").containsExactly(1, 2);
    assertThat(((ToDeviceResult.Decrypted) taken.get(0)).info().verification())
        .as("trust of today")
        .isEqualTo(VerificationState.UNVERIFIED_IDENTITY);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.VERIFIED);
    assertThat(taken()).as("once").isEmpty();
    assertThat(bob.inbox().size()).isEqualTo(2);
    OlmMachine reopened = open("BDEV", store);
    assertThat(numbers(reopened.inbox().events(0, 10))).as("durable").containsExactly(1, 2);
    reopened.acknowledge(taken.stream().map(one -> one.inboxId().orElseThrow()).toList());
    assertThat(reopened.inbox().size()).isZero();
  }

  @Test
  void tdHeldEventsOfADeviceThatOurUserVerifiesAreTaken_ours() throws Exception {
    refused(TYPE, 1);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.VERIFIED);
    assertThat(numbers(taken())).containsExactly(1);
  }

  @Test
  void tdHeldWhatABlockedDeviceSentNeverCounts_ours() throws Exception {
    refused(TYPE, 1);
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.BLOCKED);
    refused(TYPE, 2);
    aliceIsSigned();
    assertThat(taken()).as("blocked since").isEmpty();
    bob.setLocalTrust(ALICE_DEVICE, LocalTrust.UNSET);
    assertThat(taken()).as("judged when it was blocked").isEmpty();
    network.deliver(alice, TYPE, Json.newObject().put("n", 3), bob.device());
    assertThat(numbers(network.sync(bob))).as("control").containsExactly(3);
  }

  @Test
  void tdHeldNothingOfTheMachinesOwnIsHeld_ours() throws Exception {
    refused("m.secret.send", 1);
    refused(TYPE, 2); // control
    aliceIsSigned();
    assertThat(numbers(taken())).containsExactly(2);
  }

  @Test
  void tdHeldAnEventIsDroppedWhenItIsOld_ours() throws Exception {
    refused(TYPE, 1);
    network.pass(Duration.ofSeconds(1));
    refused(TYPE, 2);
    network.pass(HeldEvents.MAX_AGE.minusSeconds(1));
    aliceIsSigned();
    assertThat(numbers(taken())).as("the first is an hour old").containsExactly(2);
  }

  @Test
  void tdHeldTheFullInboxMakesThemWait_ours() throws Exception {
    refused(TYPE, 1);
    aliceIsSigned();
    List<ObjectNode> plain = new ArrayList<>();
    for (int i = 0; i < Inbox.MAX_EVENTS; i++) {
      ObjectNode event = Json.newObject().put("type", "org.example.clear").put("sender", ALICE);
      event.putObject("content");
      plain.add(event);
    }
    List<ToDeviceResult> full = network.sync(bob, List.copyOf(plain), Set.of());
    assertThat(taken()).isEmpty();
    bob.acknowledge(Set.of(full.get(0).inboxId().orElseThrow()));
    assertThat(numbers(taken())).as("room for one").containsExactly(1);
  }

  @Test
  void tdHeldAnEventOfADeviceThatIsNotKnownYetIsTakenWhenItIs_ours() throws Exception {
    OlmMachine bobs =
        network.open(new UserDevice(BOB, "B2"), MachineNetwork.ALL, new MemoryCryptoStore());
    network.settle(bobs);
    ForgedSender stranger = new ForgedSender(new UserDevice(ALICE, "OLD"), network.random(), bobs);
    stranger.startSession(
        Curve25519PublicKey.fromBase64(
            network
                .claim(Set.of(bobs.device()))
                .at("/one_time_keys/@bob:b.example/B2")
                .elements()
                .next()
                .path("key")
                .textValue()));
    ObjectNode event =
        stranger.event(
            TYPE,
            payload -> {
              payload.remove(OlmPayload.SENDER_DEVICE_KEYS);
              payload.withObject("content").put("n", 7);
            });
    assertThat(network.sync(bobs, List.of(event)))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.UnableToDecrypt.class,
            result ->
                assertThat(result.reason()).isEqualTo(UndecryptableReason.UNKNOWN_SENDER_DEVICE));
    assertThat(bobs.takeTrustedEvents(network.now)).isEmpty();
    network.deviceKeys.put(new UserDevice(ALICE, "OLD"), stranger.keys.deviceKeys());
    bobs.trackUsers(Set.of(ALICE), network.now);
    network.refresh(bobs, ALICE);
    assertThat(numbers(bobs.takeTrustedEvents(network.now))).containsExactly(7);
  }

  private static final class Bounds {
    private final HeldEvents held = new HeldEvents();
    private final OlmPayload payload;
    private final SenderKey[] keys = new SenderKey[HeldEvents.MAX_EVENTS + 1];
    private Instant now = Instant.EPOCH;
    private long changes;

    Bounds(OlmMachine machine) throws Exception {
      var ed25519 = machine.identityKeys().ed25519();
      payload = new OlmPayload(Json.newObject(), TYPE, ALICE, BOB, ed25519, ed25519, null);
      for (int i = 0; i < keys.length; i++) {
        byte[] key = new byte[32];
        key[0] = (byte) i;
        key[1] = (byte) (i >> 8);
        keys[i] = new SenderKey("", Curve25519PublicKey.of(key));
      }
    }

    /** One more, a second later than the one before. */
    void hold(String user, int device) {
      now = now.plusSeconds(1);
      held.hold(payload, new SenderKey(user, keys[device].key()), now);
    }

    long ofUser(String user) {
      return events().stream().filter(one -> one.from().userId().equals(user)).count();
    }

    List<HeldEvents.Held> events() {
      return held.toJudge(++changes, now);
    }
  }

  @Test
  void tdHeldAsManyOfOneDevice_ours() throws Exception {
    Bounds bounds = new Bounds(alice);
    bounds.hold("@u", 1);
    for (int i = 0; i < HeldEvents.MAX_EVENTS_PER_DEVICE; i++) {
      bounds.hold("@u", 0);
    }
    assertThat(bounds.held.size()).isEqualTo(HeldEvents.MAX_EVENTS_PER_DEVICE + 1);
    bounds.hold("@u", 0);
    assertThat(bounds.held.size()).isEqualTo(HeldEvents.MAX_EVENTS_PER_DEVICE + 1);
    assertThat(bounds.events().get(0).at())
        .as("the other device's")
        .isEqualTo(Instant.EPOCH.plusSeconds(1));
    assertThat(bounds.events().get(1).at())
        .as("the oldest of the device went")
        .isEqualTo(Instant.EPOCH.plusSeconds(3));
  }

  @Test
  void tdHeldAsManyOfOneUser_ours() throws Exception {
    Bounds bounds = new Bounds(alice);
    bounds.hold("@other", 0);
    for (int i = 0; i < HeldEvents.MAX_EVENTS_PER_USER; i++) {
      bounds.hold("@u", i);
    }
    assertThat(bounds.ofUser("@u")).isEqualTo(HeldEvents.MAX_EVENTS_PER_USER);
    bounds.hold("@u", HeldEvents.MAX_EVENTS_PER_USER);
    assertThat(bounds.ofUser("@u")).isEqualTo(HeldEvents.MAX_EVENTS_PER_USER);
    assertThat(bounds.ofUser("@other")).as("others keep theirs").isEqualTo(1);
  }

  @Test
  void tdHeldAsManyInAll_ours() throws Exception {
    Bounds bounds = new Bounds(alice);
    for (int i = 0; i < HeldEvents.MAX_EVENTS; i++) {
      bounds.hold("@u" + i, i);
    }
    assertThat(bounds.ofUser("@u0")).isEqualTo(1);
    assertThat(bounds.held.size()).isEqualTo(HeldEvents.MAX_EVENTS);
    bounds.hold("@new", HeldEvents.MAX_EVENTS);
    assertThat(bounds.held.size()).isEqualTo(HeldEvents.MAX_EVENTS);
    assertThat(bounds.ofUser("@u0")).as("the oldest went").isZero();
    assertThat(bounds.ofUser("@new")).isEqualTo(1);
  }

  @Test
  void tdHeldIsJudgedOnlyWhenSomethingChanged_ours() throws Exception {
    Bounds bounds = new Bounds(alice);
    bounds.hold("@u", 0);
    assertThat(bounds.held.toJudge(5, bounds.now)).hasSize(1);
    assertThat(bounds.held.toJudge(5, bounds.now)).isEmpty();
    assertThat(bounds.held.toJudge(6, bounds.now)).hasSize(1);
  }
}
