package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysClaim;
import io.matrixrtc.e2ee.OutgoingRequest.KeysQuery;
import io.matrixrtc.e2ee.OutgoingRequest.ToDevice;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an event on its way to devices, and how long it may take. */
class DeliveriesTest {
  private static final String TYPE = "org.example.test";
  private static final DeliveryOutcome SENT = new DeliveryOutcome.Sent();

  private final MachineNetwork network = new MachineNetwork(5);
  private final UserDevice bobDevice = new UserDevice("@bob:example.org", "BOB1");
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void start() throws Exception {
    alice = network.open("@alice:example.org", "ALICE1");
    bob = network.open(bobDevice, MachineNetwork.ALL, new MemoryCryptoStore());
    network.introduce(alice, bob);
  }

  private Map<UserDevice, DeliveryOutcome> deliver(OlmMachine from, UserDevice... to)
      throws Exception {
    return Objects.requireNonNull(
        network.deliver(from, TYPE, Json.newObject().put("n", 1), to), "not ended");
  }

  private static DeliveryOutcome not(EncryptionOutcome why) {
    return new DeliveryOutcome.NotEncrypted(why);
  }

  private <T extends OutgoingRequest> List<T> wanted(Class<T> kind) throws Exception {
    return alice.outgoingRequests(network.now).stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  @Test
  void anEmptyDeliveryEndsAtOnce() throws Exception {
    assertThat(deliver(alice)).isEmpty();
  }

  @Test
  void aUserWhoWasNeverFollowedIsAskedForFirst() throws Exception {
    OlmMachine carol = network.open("@carol:example.org", "C");
    network.settle(carol);
    assertThat(deliver(alice, carol.device())).containsEntry(carol.device(), SENT);
    assertThat(alice.trackedUsers()).contains("@carol:example.org");
  }

  @Test
  void unknownDevicesAreReportedTheOthersAreServed() throws Exception {
    UserDevice none = new UserDevice(bobDevice.userId(), "NONE");
    UserDevice nobody = new UserDevice("@nobody:example.org", "X");
    assertThat(deliver(alice, none, nobody, bobDevice))
        .isEqualTo(
            Map.of(
                none, not(new EncryptionOutcome.UnknownDevice()),
                nobody, not(new EncryptionOutcome.UnknownDevice()),
                bobDevice, SENT));
  }

  @Test
  void sendRequeryADeviceNewerThanTheListIsFound_ours() throws Exception {
    OlmMachine second = network.open(bobDevice.userId(), "BOB2");
    network.settle(second);
    assertThat(deliver(alice, second.device())).containsEntry(second.device(), SENT);
  }

  @Test
  void sendFreshAnOutdatedListHoldsAMessageUpForFiveSecondsAtMost_ours() throws Exception {
    deliver(alice, bobDevice);
    network.sync(alice, List.of(), Set.of(bobDevice.userId()));
    alice.deliver(TYPE, Json.newObject(), Set.of(bobDevice), network.now);
    assertThat(wanted(ToDevice.class)).isEmpty();
    assertThat(alice.nextDeadline(network.now)).contains(network.now.plus(Deliveries.LIST_WAIT));
    network.pass(Deliveries.LIST_WAIT.minusMillis(1));
    assertThat(wanted(ToDevice.class)).isEmpty();
    network.pass(Duration.ofMillis(1));
    assertThat(wanted(ToDevice.class)).as("served by what is known").hasSize(1);
  }

  @Test
  void anUnansweredQueryHoldsNobodyElseUp_B93() throws Exception {
    deliver(alice, bobDevice);
    OlmMachine carol = network.open("@carol:example.org", "C");
    network.settle(carol);
    alice.deliver(TYPE, Json.newObject(), Set.of(carol.device()), network.now);
    KeysQuery query = wanted(KeysQuery.class).get(0);
    alice.deliver(TYPE, Json.newObject(), Set.of(bobDevice), network.now);
    ToDevice toBob = wanted(ToDevice.class).get(0);
    alice.markSent(toBob.id(), Json.newObject(), network.now);
    assertThat(alice.takeCompletedDeliveries())
        .as("carol's still waits")
        .extracting(CompletedDelivery::outcomes)
        .containsExactly(Map.of(bobDevice, SENT));
    network.deliver(bob, TYPE, Json.newObject(), alice.device());
    assertThat(network.sync(alice)).singleElement().isInstanceOf(ToDeviceResult.Decrypted.class);
    alice.markSent(query.id(), network.query(query.users()), network.now);
    network.settle(alice);
    assertThat(network.completed)
        .as("control: with the answer it goes on")
        .last()
        .extracting(CompletedDelivery::outcomes)
        .isEqualTo(Map.of(carol.device(), SENT));
  }

  @Test
  void aServerThatFailedLatelyIsNotWaitedFor_B86() throws Exception {
    UserDevice away = new UserDevice("@dan:away.org", "D");
    alice.trackUsers(Set.of(away.userId()), network.now);
    ObjectNode failure = Json.newObject();
    failure.putObject("failures").putObject("away.org");
    alice.markSent(wanted(KeysQuery.class).get(0).id(), failure, network.now);
    alice.deliver(TYPE, Json.newObject(), Set.of(away), network.now);
    assertThat(alice.takeCompletedDeliveries())
        .singleElement()
        .extracting(CompletedDelivery::outcomes)
        .isEqualTo(Map.of(away, not(new EncryptionOutcome.ServerUnreachable("away.org"))));
    network.pass(FailureBackoff.FIRST);
    alice.deliver(TYPE, Json.newObject(), Set.of(away), network.now);
    assertThat(alice.takeCompletedDeliveries()).as("waits for the query again").isEmpty();
  }

  @Test
  void sendUnlistedTellsASilentServerFromADeviceThatDoesNotExist_ours() throws Exception {
    UserDevice carol = new UserDevice("@carol:example.org", "C");
    EncryptionOutcome silent = new EncryptionOutcome.ServerUnreachable("example.org");
    alice.deliver(TYPE, Json.newObject(), Set.of(carol), network.now);
    KeysQuery query = wanted(KeysQuery.class).get(0);
    network.pass(Deliveries.LIST_WAIT);
    wanted(KeysQuery.class);
    assertThat(outcome(carol)).as("no answer for 5 s").isEqualTo(not(silent));
    alice.deliver(TYPE, Json.newObject(), Set.of(carol), network.now);
    alice.markFailed(query.id(), new RequestFailure("no answer"), network.now);
    assertThat(outcome(carol)).as("the query failed").isEqualTo(not(silent));
    network.pass(FailureBackoff.FIRST);
    alice.deliver(TYPE, Json.newObject(), Set.of(carol), network.now);
    ObjectNode answer = Json.newObject();
    answer.putObject("device_keys").putObject(carol.userId());
    for (int round = 0; round < 2; round++) { // the second asks whether it is newer than the list
      for (KeysQuery again : wanted(KeysQuery.class)) {
        alice.markSent(again.id(), answer, network.now);
      }
    }
    assertThat(outcome(carol)).isEqualTo(not(new EncryptionOutcome.UnknownDevice()));
  }

  private DeliveryOutcome outcome(UserDevice device) {
    return Objects.requireNonNull(
        alice.takeCompletedDeliveries().get(0).outcomes().get(device), "no outcome");
  }

  @Test
  void sendFreshADeviceDeletedMeanwhileGetsNothing_ours() throws Exception {
    deliver(alice, bobDevice);
    network.deviceKeys.remove(bobDevice);
    network.deviceKeys.put(new UserDevice(bobDevice.userId(), "OTHER"), Json.newObject());
    network.sync(alice, List.of(), Set.of(bobDevice.userId()));
    assertThat(deliver(alice, bobDevice))
        .containsEntry(bobDevice, not(new EncryptionOutcome.UnknownDevice()));
  }

  @Test
  void aSlowSessionKeepsNobodyElseWaiting() throws Exception {
    deliver(alice, bobDevice);
    OlmMachine carol = network.open("@carol:example.org", "C");
    network.introduce(alice, carol);
    String id =
        alice.deliver(TYPE, Json.newObject(), Set.of(bobDevice, carol.device()), network.now);
    List<ToDevice> first = wanted(ToDevice.class);
    assertThat(first).extracting(ToDevice::devices).containsExactly(Set.of(bobDevice));
    assertThat(wanted(KeysClaim.class)).hasSize(1);
    network.pass(Deliveries.SESSION_WAIT.minusMillis(1));
    assertThat(alice.takeCompletedDeliveries()).isEmpty();
    network.pass(Duration.ofMillis(1));
    alice.outgoingRequests(network.now);
    alice.markSent(first.get(0).id(), Json.newObject(), network.now);
    assertThat(alice.takeCompletedDeliveries())
        .containsExactly(
            new CompletedDelivery(
                id,
                Map.of(
                    bobDevice,
                    SENT,
                    carol.device(),
                    not(new EncryptionOutcome.ServerUnreachable("example.org")))));
  }

  @Test
  void sendPolicyRefusesDevicesTrustedTooLittle() throws Exception {
    OlmMachine careful =
        network.open(
            new UserDevice("@eve:example.org", "E"),
            OlmMachine.Settings.defaults(),
            new MemoryCryptoStore());
    network.introduce(careful, bob);
    assertThat(deliver(careful, bobDevice))
        .containsEntry(
            bobDevice,
            not(
                new EncryptionOutcome.UntrustedByPolicy(
                    TrustPolicy.CROSS_SIGNED, VerificationState.UNSIGNED_DEVICE)));
    assertThat(careful.setLocalTrust(bobDevice, LocalTrust.VERIFIED)).isTrue();
    assertThat(deliver(careful, bobDevice)).containsEntry(bobDevice, SENT);
  }

  @Test
  void sendBlockedNothingIsSentToABlockedDevice() throws Exception {
    alice.setLocalTrust(bobDevice, LocalTrust.BLOCKED);
    assertThat(deliver(alice, bobDevice))
        .containsEntry(bobDevice, not(new EncryptionOutcome.Blocked()));
    alice.setLocalTrust(bobDevice, LocalTrust.UNSET);
    assertThat(deliver(alice, bobDevice)).containsEntry(bobDevice, SENT);
  }

  @Test
  void ownDeviceAndDevicesWithoutOlmAreNamed() throws Exception {
    UserDevice noOlm = new UserDevice(bobDevice.userId(), "NOOLM");
    Account account = Account.generate(network.random());
    ObjectNode keys = new OwnDevice(noOlm, account).deviceKeys();
    keys.putArray("algorithms").add("m.megolm.v1.aes-sha2");
    keys.remove("signatures");
    network.deviceKeys.put(
        noOlm,
        SignedJson.sign(
            keys, noOlm.userId(), "ed25519:NOOLM", message -> account.sign(message).toBytes()));
    assertThat(deliver(alice, alice.device(), noOlm))
        .isEqualTo(
            Map.of(
                alice.device(),
                not(new EncryptionOutcome.OwnDevice()),
                noOlm,
                not(new EncryptionOutcome.NoOlmSupport())));
  }

  @Test
  void aRefusedRequestIsReportedForItsDevices() throws Exception {
    deliver(alice, bobDevice);
    alice.deliver(TYPE, Json.newObject(), Set.of(bobDevice), network.now);
    String request = wanted(ToDevice.class).get(0).id();
    alice.markFailed(request, new RequestFailure("too large"), network.now);
    assertThat(alice.takeCompletedDeliveries())
        .singleElement()
        .satisfies(
            delivery ->
                assertThat(delivery.outcomes())
                    .containsEntry(bobDevice, new DeliveryOutcome.Failed("too large")));
  }

  @Test
  void requestsKeepTheirIdUntilTheyEnd() throws Exception {
    deliver(alice, bobDevice);
    alice.deliver(TYPE, Json.newObject(), Set.of(bobDevice), network.now);
    assertThat(wanted(ToDevice.class)).isEqualTo(wanted(ToDevice.class)).hasSize(1);
    assertThat(wanted(KeysQuery.class)).isEmpty();
  }

  @Test
  void requestsHoldAtMost250MessagesAnd256KibOfBody() throws Exception {
    Account account = Account.generate(network.random());
    Set<UserDevice> many = new HashSet<>();
    for (int i = 0; i <= ToDeviceBatches.MAX_MESSAGES; i++) {
      UserDevice device = new UserDevice("@many:example.org", "D" + i);
      network.deviceKeys.put(device, new OwnDevice(device, account).deviceKeys());
      many.add(device);
    }
    // One identity key for all of them: one session serves every device.
    UserDevice first = new UserDevice("@many:example.org", "D0");
    account.generateOneTimeKeys(1);
    account
        .unpublishedOneTimeKeys()
        .forEach(
            (id, key) ->
                network
                    .oneTimeKeys
                    .computeIfAbsent(first, d -> new LinkedHashMap<>())
                    .put(
                        "signed_curve25519:" + id,
                        new OwnDevice(first, account).signedKey(key, false)));
    assertThat(deliver(alice, first)).containsEntry(first, SENT);
    network.carriedOut.clear();
    assertThat(deliver(alice, many.toArray(UserDevice[]::new)).values()).containsOnly(SENT);
    List<ToDevice> requests =
        network.carriedOut.stream()
            .filter(ToDevice.class::isInstance)
            .map(ToDevice.class::cast)
            .toList();
    assertThat(requests).hasSizeGreaterThan(1);
    assertThat(requests.stream().mapToInt(request -> request.devices().size()).sum())
        .isEqualTo(ToDeviceBatches.MAX_MESSAGES + 1);
    for (ToDevice request : requests) {
      assertThat(request.devices()).hasSizeLessThanOrEqualTo(ToDeviceBatches.MAX_MESSAGES);
      assertThat(Json.mapper().writeValueAsBytes(request.body()))
          .hasSizeLessThanOrEqualTo(ToDeviceBatches.MAX_BYTES);
    }
  }
}
