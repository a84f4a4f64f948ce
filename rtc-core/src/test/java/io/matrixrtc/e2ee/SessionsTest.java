package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysClaim;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.StateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Olm sessions: how they start, which one is used, how a broken one is replaced. */
class SessionsTest {
  private static final String TYPE = "org.example.test";
  private static final DeliveryOutcome SENT = new DeliveryOutcome.Sent();

  private final MachineNetwork network = new MachineNetwork(4);
  private final MemoryCryptoStore aliceStore = new MemoryCryptoStore();
  private final MemoryCryptoStore bobStore = new MemoryCryptoStore();
  private final UserDevice aliceDevice = new UserDevice("@alice:example.org", "ALICE1");
  private final UserDevice bobDevice = new UserDevice("@bob:example.org", "BOB1");
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void start() throws Exception {
    alice = network.open(aliceDevice, MachineNetwork.ALL, aliceStore);
    bob = network.open(bobDevice, MachineNetwork.ALL, bobStore);
    network.introduce(alice, bob);
  }

  private DeliveryOutcome send(OlmMachine from, UserDevice to) throws Exception {
    Map<UserDevice, DeliveryOutcome> outcomes =
        network.deliver(from, TYPE, Json.newObject().put("n", 1), to);
    return Objects.requireNonNull(Objects.requireNonNull(outcomes, "not ended").get(to));
  }

  private List<KeysClaim> claims() {
    return network.carriedOut.stream()
        .filter(KeysClaim.class::isInstance)
        .map(KeysClaim.class::cast)
        .toList();
  }

  private static DeliveryOutcome not(EncryptionOutcome why) {
    return new DeliveryOutcome.NotEncrypted(why);
  }

  private void assertDecrypts(OlmMachine machine, int count) throws Exception {
    assertThat(network.sync(machine))
        .hasSize(count)
        .allMatch(ToDeviceResult.Decrypted.class::isInstance);
  }

  @Test
  void sessClaimOnceThenTheSessionIsUsedBothWays() throws Exception {
    assertThat(send(alice, bobDevice)).isEqualTo(SENT);
    assertThat(send(alice, bobDevice)).isEqualTo(SENT);
    assertDecrypts(bob, 2);
    assertThat(send(bob, aliceDevice)).isEqualTo(SENT);
    assertDecrypts(alice, 1);
    assertThat(claims()).hasSize(1);
    assertThat(claims().get(0).devices()).containsExactly(bobDevice);
  }

  @Test
  void payloadAndEnvelopeHaveTheirMembers_tdPayload() throws Exception {
    send(alice, bobDevice);
    ObjectNode event = (ObjectNode) network.queues.getOrDefault(bobDevice, List.of()).get(0);
    assertThat(event.path("content").path("org.matrix.msgid").asText()).isNotEmpty();
    ObjectNode payload = ((ToDeviceResult.Decrypted) network.sync(bob).get(0)).event();
    assertThat(Stream.of("type", "content", "sender", "recipient", "keys", "recipient_keys"))
        .allMatch(payload::has);
    assertThat(payload.get("sender_device_keys")).isEqualTo(alice.deviceKeys());
    assertThat(payload.has("org.matrix.msc4147.device_keys")).isFalse();
  }

  @Test
  void sessNoOtkIsReportedAndNotAskedForInALoop() throws Exception {
    network.oneTimeKeys.remove(bobDevice);
    network.fallbackKeys.remove(bobDevice);
    assertThat(send(alice, bobDevice)).isEqualTo(not(new EncryptionOutcome.NoOneTimeKeys()));
    assertThat(send(alice, bobDevice)).isEqualTo(not(new EncryptionOutcome.NoOneTimeKeys()));
    assertThat(claims()).hasSize(1);
    network.pass(FailureBackoff.FIRST);
    network.sync(bob, List.of());
    network.settle(bob);
    assertThat(send(alice, bobDevice)).isEqualTo(SENT);
    assertThat(claims()).hasSize(2);
  }

  @Test
  void theFallbackKeyServesWhenOneTimeKeysAreGone() throws Exception {
    assertThat(network.fallbackKeys).containsKey(bobDevice);
    network.oneTimeKeys.remove(bobDevice);
    assertThat(send(alice, bobDevice)).isEqualTo(SENT);
    assertDecrypts(bob, 1);
  }

  @Test
  void otkSignatureMustBeTheDevices() throws Exception {
    for (var key : Objects.requireNonNull(network.oneTimeKeys.get(bobDevice)).values()) {
      ((ObjectNode) key).put("added", "after signing");
    }
    assertThat(send(alice, bobDevice)).isEqualTo(not(new EncryptionOutcome.BadOneTimeKey()));
    for (var key : Objects.requireNonNull(network.oneTimeKeys.get(bobDevice)).values()) {
      ((ObjectNode) key).remove("added");
    }
    network.pass(FailureBackoff.FIRST);
    assertThat(send(alice, bobDevice)).isEqualTo(SENT);
  }

  @Test
  void otkOfAnotherAlgorithmIsNotUsed() throws Exception {
    KeysClaim claim = startedClaim();
    ObjectNode answer = network.claim(Set.of(bobDevice));
    ObjectNode keys =
        (ObjectNode) answer.path("one_time_keys").path(bobDevice.userId()).path("BOB1");
    String id = keys.fieldNames().next();
    keys.set("curve25519:" + id, keys.remove(id));
    alice.markSent(claim.id(), answer, network.now);
    assertThat(alice.takeCompletedDeliveries())
        .singleElement()
        .extracting(delivery -> delivery.outcomes().get(bobDevice))
        .isEqualTo(not(new EncryptionOutcome.BadOneTimeKey()));
  }

  private KeysClaim startedClaim() throws Exception {
    alice.deliver(TYPE, Json.newObject(), Set.of(bobDevice), network.now);
    return (KeysClaim)
        alice.outgoingRequests(network.now).stream()
            .filter(KeysClaim.class::isInstance)
            .findFirst()
            .orElseThrow();
  }

  @Test
  void sessClaimOneAtATime() throws Exception {
    OlmMachine carol = network.open("@carol:example.org", "C");
    network.introduce(alice, bob, carol);
    KeysClaim first = startedClaim();
    alice.deliver(TYPE, Json.newObject(), Set.of(carol.device(), bobDevice), network.now);
    assertThat(alice.outgoingRequests(network.now).stream().filter(KeysClaim.class::isInstance))
        .containsExactly(first);
    alice.markSent(first.id(), network.claim(first.devices()), network.now);
    assertThat(alice.outgoingRequests(network.now).stream().filter(KeysClaim.class::isInstance))
        .singleElement()
        .satisfies(
            next -> assertThat(((KeysClaim) next).devices()).containsExactly(carol.device()));
  }

  @Test
  void aClaimThatFailedIsReported() throws Exception {
    KeysClaim claim = startedClaim();
    alice.markFailed(claim.id(), new RequestFailure("no answer"), network.now);
    assertThat(alice.takeCompletedDeliveries())
        .singleElement()
        .extracting(delivery -> delivery.outcomes().get(bobDevice))
        .isEqualTo(not(new EncryptionOutcome.ServerUnreachable("example.org")));
  }

  @Test
  void aServerThatFailedToAnswerAClaimIsLeftAlone() throws Exception {
    UserDevice away = new UserDevice("@dan:away.org", "D");
    OlmMachine dan = network.open(away, MachineNetwork.ALL, new MemoryCryptoStore());
    network.introduce(alice, dan);
    alice.deliver(TYPE, Json.newObject(), Set.of(away), network.now);
    ObjectNode failure = Json.newObject();
    failure.putObject("one_time_keys");
    failure.putObject("failures").putObject("away.org");
    for (OutgoingRequest request : alice.outgoingRequests(network.now)) {
      alice.markSent(request.id(), failure, network.now);
    }
    assertThat(alice.takeCompletedDeliveries())
        .singleElement()
        .extracting(delivery -> delivery.outcomes().get(away))
        .isEqualTo(not(new EncryptionOutcome.ServerUnreachable("away.org")));
    network.pass(FailureBackoff.FIRST);
    assertThat(send(alice, away)).isEqualTo(SENT);
  }

  @Test
  void sessStoreSessionsSurviveARestart() throws Exception {
    send(alice, bobDevice);
    assertDecrypts(bob, 1);
    send(bob, aliceDevice);
    assertDecrypts(alice, 1);
    for (int i = 0; i < 3; i++) {
      alice.close();
      alice = network.open(aliceDevice, MachineNetwork.ALL, aliceStore);
      bob.close();
      bob = network.open(bobDevice, MachineNetwork.ALL, bobStore);
      assertThat(send(alice, bobDevice)).isEqualTo(SENT);
      assertThat(send(bob, aliceDevice)).isEqualTo(SENT);
      assertDecrypts(alice, 1);
      assertDecrypts(bob, 1);
    }
    assertThat(claims()).hasSize(1);
  }

  @Test
  void sessStoreNothingLeavesUnlessItIsWritten() throws Exception {
    send(alice, bobDevice);
    FailingStore failing = new FailingStore(aliceStore);
    alice = network.open(aliceDevice, MachineNetwork.ALL, failing);
    failing.fails = true;
    assertThatThrownBy(() -> alice.deliver(TYPE, Json.newObject(), Set.of(bobDevice), network.now))
        .isInstanceOf(CryptoStoreException.Unavailable.class);
    failing.fails = false;
    alice = network.open(aliceDevice, MachineNetwork.ALL, failing);
    assertThat(send(alice, bobDevice)).isEqualTo(SENT);
    assertDecrypts(bob, 2);
  }

  @Test
  void aSyncThatWasNotStoredComesAgainAndWorks() throws Exception {
    send(alice, bobDevice);
    var events = List.copyOf(network.queues.getOrDefault(bobDevice, List.of()));
    FailingStore failing = new FailingStore(bobStore);
    bob = network.open(bobDevice, MachineNetwork.ALL, failing);
    failing.fails = true;
    assertThatThrownBy(() -> network.sync(bob, events)).isInstanceOf(CryptoStoreException.class);
    failing.fails = false;
    bob = network.open(bobDevice, MachineNetwork.ALL, failing);
    int before = failing.writes;
    assertThat(network.sync(bob, events)).allMatch(ToDeviceResult.Decrypted.class::isInstance);
    assertThat(failing.writes - before).as("one transaction for a sync").isEqualTo(1);
  }

  @Test
  void anotherStoreKeyOrDeviceIsRefused() throws Exception {
    assertThatThrownBy(() -> network.open(bobDevice, MachineNetwork.ALL, aliceStore))
        .isInstanceOf(CryptoStoreException.OtherDevice.class);
    byte[] other = new byte[32];
    other[0] = 1;
    assertThatThrownBy(
            () ->
                OlmMachine.open(
                    aliceDevice,
                    MachineNetwork.ALL,
                    aliceStore,
                    StateKey.copyOf(other),
                    network.random()))
        .isInstanceOf(CryptoStoreException.Unreadable.class);
  }

  /** Both start a session at once; both stay usable, and the pair settles on one. */
  @Test
  void sessChoiceFollowsTheSessionThatLastReceived() throws Exception {
    send(alice, bobDevice);
    network.pass(Duration.ofSeconds(1));
    send(bob, aliceDevice);
    assertDecrypts(alice, 1);
    assertDecrypts(bob, 1);
    assertThat(bobStore.sessions(alice.identityKeys().curve25519())).hasSize(2);
    for (int i = 0; i < 4; i++) {
      network.pass(Duration.ofSeconds(1));
      send(i % 2 == 0 ? alice : bob, i % 2 == 0 ? bobDevice : aliceDevice);
      assertDecrypts(i % 2 == 0 ? bob : alice, 1);
    }
    assertThat(bobStore.sessions(alice.identityKeys().curve25519())).hasSize(2);
  }

  @Test
  void sessChoiceAnOlderSessionThatReceivedLaterIsUsed() throws Exception {
    send(alice, bobDevice);
    assertDecrypts(bob, 1);
    network.pass(Duration.ofSeconds(1));
    OlmMachine forgetful = network.open(aliceDevice, MachineNetwork.ALL, copyWithoutSessions());
    forgetful.trackUsers(Set.of(bobDevice.userId()), network.now);
    send(forgetful, bobDevice);
    assertDecrypts(bob, 1);
    send(bob, aliceDevice);
    assertThat(network.sync(alice))
        .as("the control: the newer session, which this state of alice lacks")
        .singleElement()
        .isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
    network.pass(Duration.ofSeconds(1));
    send(alice, bobDevice);
    assertDecrypts(bob, 1);
    send(bob, aliceDevice);
    assertDecrypts(alice, 1);
  }

  @Test
  void sessKeepAtMostTenSessionsTheLeastUsedGoes() throws Exception {
    List<OlmMachine> alices = new ArrayList<>();
    List<String> sessions = new ArrayList<>();
    for (int i = 0; i < OlmSessions.MAX_PER_DEVICE; i++) {
      alices.add(startsAnew());
      assertThat(keptByBob()).hasSize(i + 1).containsAll(sessions);
      keptByBob().stream().filter(id -> !sessions.contains(id)).forEach(sessions::add);
    }
    network.pass(Duration.ofHours(2));
    send(alices.get(0), bobDevice);
    assertDecrypts(bob, 1);
    startsAnew();
    assertThat(keptByBob())
        .as("the oldest was used since")
        .hasSize(OlmSessions.MAX_PER_DEVICE)
        .contains(sessions.get(0))
        .doesNotContain(sessions.get(1))
        .containsAll(sessions.subList(2, sessions.size()));
  }

  @Test
  void sessKeepTheNewSessionThoughTheClockWentBack() throws Exception {
    for (int i = 0; i < OlmSessions.MAX_PER_DEVICE; i++) {
      startsAnew();
    }
    Set<String> before = keptByBob();
    network.pass(Duration.ofDays(-2));
    startsAnew();
    Set<String> after = keptByBob();
    assertThat(after).hasSize(OlmSessions.MAX_PER_DEVICE);
    after.removeAll(before);
    assertThat(after).as("one of the others went").hasSize(1);
  }

  /** Two hours later an alice who lost her sessions writes to bob. */
  private OlmMachine startsAnew() throws Exception {
    network.pass(Duration.ofHours(2));
    OlmMachine lost = network.open(aliceDevice, MachineNetwork.ALL, copyWithoutSessions());
    lost.trackUsers(Set.of(bobDevice.userId()), network.now);
    network.sync(lost, List.of(), Set.of(bobDevice.userId()));
    send(lost, bobDevice);
    assertDecrypts(bob, 1);
    network.sync(bob, List.of());
    network.settle(bob);
    return lost;
  }

  private Set<String> keptByBob() {
    return bobStore.sessions(alice.identityKeys().curve25519()).stream()
        .map(StoredSession::sessionId)
        .collect(Collectors.toSet());
  }

  /** The store of an alice who lost her sessions. */
  private MemoryCryptoStore copyWithoutSessions() throws CryptoStoreException {
    MemoryCryptoStore copy = new MemoryCryptoStore();
    copy.write(Changes.builder().account(aliceStore.account().orElseThrow()).build());
    return copy;
  }

  @Test
  void sessUnwedgeNeedsASessionToReplace() throws Exception {
    send(alice, bobDevice);
    assertDecrypts(bob, 1);
    send(bob, aliceDevice);
    assertDecrypts(alice, 1);
    OlmMachine forgetful = network.open(aliceDevice, MachineNetwork.ALL, copyWithoutSessions());
    forgetful.trackUsers(Set.of(bobDevice.userId()), network.now);
    network.settle(forgetful);
    int before = claims().size();
    network.pass(Duration.ofHours(2));
    send(bob, aliceDevice);
    assertThat(network.sync(forgetful))
        .singleElement()
        .isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
    network.settle(forgetful);
    assertThat(claims()).hasSize(before);
  }

  @Test
  void sessUnwedgeStartsANewSessionAndSendsADummy() throws Exception {
    send(alice, bobDevice);
    assertDecrypts(bob, 1);
    send(bob, aliceDevice);
    assertDecrypts(alice, 1);
    send(bob, aliceDevice);
    ObjectNode event =
        (ObjectNode) Objects.requireNonNull(network.queues.remove(aliceDevice)).get(0);
    ObjectNode broken = event.deepCopy();
    ObjectNode message = (ObjectNode) broken.path("content").path("ciphertext").elements().next();
    message.put("body", message.path("body").textValue().replaceAll("^(.{60}).", "$1A"));
    int before = claims().size();

    network.sync(alice, List.of(broken));
    network.settle(alice);
    assertThat(claims()).as("the session is younger than an hour").hasSize(before);

    network.pass(Unwedging.MIN_SESSION_AGE.plusMillis(1));
    network.sync(alice, List.of(broken));
    network.settle(alice);
    assertThat(claims()).hasSize(before + 1);
    assertThat(network.sync(bob))
        .singleElement()
        .satisfies(
            dummy -> assertThat(((ToDeviceResult.Decrypted) dummy).type()).isEqualTo("m.dummy"));
    network.sync(alice, List.of(broken));
    network.settle(alice);
    assertThat(claims()).as("at most one an hour").hasSize(before + 1);
    assertThat(network.sync(alice, List.of(event)))
        .as("the old session still works")
        .allMatch(ToDeviceResult.Decrypted.class::isInstance);
  }

  @Test
  void tdReplayDoesNotUnwedge() throws Exception {
    send(alice, bobDevice);
    assertDecrypts(bob, 1);
    send(bob, aliceDevice);
    var events = List.copyOf(network.queues.getOrDefault(aliceDevice, List.of()));
    assertDecrypts(alice, 1);
    int before = claims().size();
    network.pass(Unwedging.MIN_SESSION_AGE.plusMillis(1));
    network.sync(alice, events);
    network.settle(alice);
    assertThat(claims()).hasSize(before);
  }
}
