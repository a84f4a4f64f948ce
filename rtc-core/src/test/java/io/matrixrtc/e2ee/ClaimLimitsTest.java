package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysClaim;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many devices are claimed for at once, and how long a failure is left alone. */
class ClaimLimitsTest {
  private static final String TYPE = "org.example.test";
  private static final UserDevice DAN = new UserDevice("@dan:away.org", "D");
  private static final UserDevice EVE = new UserDevice("@eve:away.org", "E");
  private static final List<Integer> BACKOFF_SECONDS = List.of(15, 30, 60, 120, 240, 480, 900, 900);

  private final MachineNetwork network = new MachineNetwork(8);
  private OlmMachine alice;

  @BeforeEach
  void open() throws Exception {
    alice = network.open("@alice:example.org", "ALICE1");
  }

  private List<KeysClaim> claims() throws Exception {
    return alice.outgoingRequests(network.now).stream()
        .filter(KeysClaim.class::isInstance)
        .map(KeysClaim.class::cast)
        .toList();
  }

  private void know(Set<UserDevice> devices) throws Exception {
    for (UserDevice device : devices) {
      Account account = Account.generate(network.random());
      network.deviceKeys.put(device, new OwnDevice(device, account).deviceKeys());
    }
    network.introduce(alice);
    alice.trackUsers(devices.stream().map(UserDevice::userId).toList(), network.now);
    network.settle(alice);
  }

  private static Set<UserDevice> devices(int count) {
    Set<UserDevice> devices = new HashSet<>();
    for (int i = 0; i < count; i++) {
      devices.add(new UserDevice("@many:example.org", "D" + i));
    }
    return devices;
  }

  @Test
  void sessClaim250DevicesGoIntoOneClaimAnd251IntoTwo() throws Exception {
    Set<UserDevice> all = devices(SessionClaims.MAX_DEVICES_PER_CLAIM + 1);
    know(all);
    Set<UserDevice> atTheBound = devices(SessionClaims.MAX_DEVICES_PER_CLAIM);
    alice.deliver(TYPE, Json.newObject(), atTheBound, network.now);
    assertThat(claims())
        .singleElement()
        .satisfies(claim -> assertThat(claim.devices()).isEqualTo(atTheBound));
    alice.markFailed(claims().get(0).id(), new RequestFailure("no"), network.now);
    network.pass(FailureBackoff.FIRST);

    alice.deliver(TYPE, Json.newObject(), all, network.now);
    KeysClaim first = claims().get(0);
    assertThat(first.devices()).hasSize(250);
    alice.markSent(first.id(), Json.newObject(), network.now);
    assertThat(claims()).singleElement().satisfies(next -> assertThat(next.devices()).hasSize(1));
  }

  @Test
  void theClaimGivesOtherServersTenSeconds() throws Exception {
    know(Set.of(DAN));
    alice.deliver(TYPE, Json.newObject(), Set.of(DAN), network.now);
    ObjectNode body = claims().get(0).body();
    assertThat(body.path("timeout").intValue()).isEqualTo(10_000);
    assertThat(body.at("/one_time_keys/@dan:away.org/D").textValue())
        .isEqualTo("signed_curve25519");
  }

  /** Tries once; returns the outcome. */
  private DeliveryOutcome attempt(UserDevice device, ObjectNode answer) throws Exception {
    alice.deliver(TYPE, Json.newObject(), Set.of(device), network.now);
    for (KeysClaim claim : claims()) {
      alice.markSent(claim.id(), answer, network.now);
    }
    List<CompletedDelivery> completed = alice.takeCompletedDeliveries();
    assertThat(completed).hasSize(1);
    return completed.get(0).outcomes().getOrDefault(device, new DeliveryOutcome.Failed("none"));
  }

  /** Whether a claim is made for the device; it is then answered with {@code answer}. */
  private boolean asks(UserDevice device, ObjectNode answer) throws Exception {
    alice.deliver(TYPE, Json.newObject(), Set.of(device), network.now);
    List<KeysClaim> claims = claims();
    for (KeysClaim claim : claims) {
      alice.markSent(claim.id(), answer, network.now);
    }
    alice.takeCompletedDeliveries();
    return !claims.isEmpty();
  }

  @Test
  void devBackoffOfADeviceFrom15SecondsTo15Minutes_B89() throws Exception {
    know(Set.of(DAN, EVE));
    ObjectNode nothing = Json.newObject();
    assertThat(attempt(DAN, nothing))
        .isEqualTo(new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.NoOneTimeKeys()));
    for (int seconds : BACKOFF_SECONDS) {
      network.pass(Duration.ofSeconds(seconds).minusMillis(1));
      assertThat(asks(DAN, nothing)).as("just before %s s", seconds).isFalse();
      network.pass(Duration.ofMillis(1));
      assertThat(asks(DAN, nothing)).as("after %s s", seconds).isTrue();
    }
    assertThat(asks(EVE, nothing)).as("one by one: another device of the server").isTrue();
  }

  @Test
  void devBackoffOfAServerFrom15SecondsTo15MinutesAndASuccessEndsIt_B88() throws Exception {
    know(Set.of(DAN, EVE));
    ObjectNode failure = Json.newObject();
    failure.putObject("failures").putObject("away.org");
    assertThat(attempt(DAN, failure))
        .isEqualTo(
            new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.ServerUnreachable("away.org")));
    for (int seconds : BACKOFF_SECONDS) {
      network.pass(Duration.ofSeconds(seconds).minusMillis(1));
      assertThat(asks(EVE, failure)).as("just before %s s", seconds).isFalse();
      network.pass(Duration.ofMillis(1));
      assertThat(asks(EVE, failure)).as("after %s s", seconds).isTrue();
    }
    network.pass(FailureBackoff.LONGEST);
    OlmMachine dan = network.open(DAN.userId(), "D2");
    network.introduce(alice, dan);
    assertThat(network.deliver(alice, TYPE, Json.newObject(), dan.device()))
        .isEqualTo(Map.of(dan.device(), new DeliveryOutcome.Sent()));
    assertThat(asks(EVE, failure)).as("the server answered").isTrue();
    network.pass(FailureBackoff.FIRST);
    assertThat(asks(EVE, failure)).as("counted from the start").isTrue();
  }

  @Test
  void devOwnServerNeverCountsAsFailedInAClaim_B88() throws Exception {
    UserDevice bob = new UserDevice("@bob:example.org", "B");
    UserDevice carol = new UserDevice("@carol:example.org", "C");
    know(Set.of(bob, carol));
    ObjectNode failure = Json.newObject();
    failure.putObject("failures").putObject("example.org");
    assertThat(attempt(bob, failure))
        .isEqualTo(new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.NoOneTimeKeys()));
    assertThat(asks(carol, failure)).isTrue();
  }

  @Test
  void oneBadKeyLeavesTheOthersOfTheAnswer_B87() throws Exception {
    OlmMachine bob = network.open("@bob:example.org", "B");
    network.introduce(alice, bob);
    know(Set.of(DAN, EVE));
    alice.deliver(TYPE, Json.newObject(), Set.of(bob.device(), DAN, EVE), network.now);
    KeysClaim claim = claims().get(0);
    ObjectNode answer = network.claim(Set.of(bob.device()));
    ObjectNode users = (ObjectNode) answer.get("one_time_keys");
    users
        .withObjectProperty(DAN.userId())
        .withObjectProperty("D")
        .putObject("signed_curve25519:AAAA")
        .put("key", "not a key");
    users.withObjectProperty(EVE.userId()).put("E", "no object");
    users.withObjectProperty("@unasked:x").putObject("X").put("signed_curve25519:A", "x");
    alice.markSent(claim.id(), answer, network.now);
    network.settle(alice);
    assertThat(network.completed)
        .last()
        .extracting(CompletedDelivery::outcomes)
        .isEqualTo(
            Map.of(
                bob.device(),
                new DeliveryOutcome.Sent(),
                DAN,
                new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.BadOneTimeKey()),
                EVE,
                new DeliveryOutcome.NotEncrypted(new EncryptionOutcome.NoOneTimeKeys())));
  }

  @Test
  void noClaimWhereNoSessionIsMissing_B84() throws Exception {
    OlmMachine bob = network.open("@bob:example.org", "B");
    network.introduce(alice, bob);
    network.deliver(alice, TYPE, Json.newObject(), bob.device());
    alice.deliver(TYPE, Json.newObject(), Set.of(bob.device()), network.now);
    assertThat(claims()).isEmpty();
    know(Set.of(DAN));
    alice.deliver(TYPE, Json.newObject(), Set.of(bob.device(), DAN), network.now);
    assertThat(claims())
        .singleElement()
        .satisfies(claim -> assertThat(claim.devices()).containsExactly(DAN));
  }
}
