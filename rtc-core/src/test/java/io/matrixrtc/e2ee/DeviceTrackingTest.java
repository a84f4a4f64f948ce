package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysQuery;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which device lists are asked for, and what is taken from the answers. */
class DeviceTrackingTest {
  private static final UserDevice ALICE = new UserDevice("@alice:example.org", "ALICE1");
  private static final UserDevice BOB = new UserDevice("@bob:example.org", "BOB1");

  private final MachineNetwork network = new MachineNetwork(3);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine machine;

  @BeforeEach
  void start() throws Exception {
    machine = network.open(ALICE, MachineNetwork.ALL, store);
    changed(); // its first sync
    network.settle(machine);
    publish(BOB);
  }

  private Account publish(UserDevice device) {
    Account account = Account.generate(network.random());
    network.deviceKeys.put(device, new OwnDevice(device, account).deviceKeys());
    return account;
  }

  private ObjectNode published(UserDevice device) {
    return Objects.requireNonNull(network.deviceKeys.get(device));
  }

  private List<KeysQuery> queries() throws Exception {
    return machine.outgoingRequests(network.now).stream()
        .filter(KeysQuery.class::isInstance)
        .map(KeysQuery.class::cast)
        .toList();
  }

  private void changed(String... users) throws Exception {
    network.sync(machine, List.of(), Set.of(users));
  }

  private void answer(KeysQuery query, ObjectNode answer) throws Exception {
    machine.markSent(query.id(), answer, network.now);
  }

  private KeysQuery askForBob() throws Exception {
    machine.trackUsers(Set.of(BOB.userId()), network.now);
    changed(BOB.userId());
    return queries().get(0);
  }

  @Test
  void devOwnUserIsFollowedFromTheStart() {
    assertThat(machine.trackedUsers()).containsExactly(ALICE.userId());
    assertThat(network.carriedOut)
        .filteredOn(KeysQuery.class::isInstance)
        .extracting(request -> ((KeysQuery) request).users())
        .containsExactly(Set.of(ALICE.userId()));
  }

  @Test
  void devOwnLateOurDeviceIsAskedForAgainOnceWhenItsKeysAreOut() throws Exception {
    machine =
        network.open(
            new UserDevice(ALICE.userId(), "LATE"), MachineNetwork.ALL, new MemoryCryptoStore());
    List<OutgoingRequest> first = machine.outgoingRequests(network.now);
    KeysQuery query = queries().get(0);
    answer(query, network.query(query.users())); // it was faster than the upload
    assertThat(queries()).isEmpty();
    for (OutgoingRequest request : first) {
      if (request instanceof OutgoingRequest.KeysUpload) {
        machine.markSent(request.id(), network.carryOut(machine.device(), request), network.now);
      }
    }
    assertThat(queries()).extracting(KeysQuery::users).containsExactly(Set.of(ALICE.userId()));
    ObjectNode without = network.query(Set.of(ALICE.userId()));
    ((ObjectNode) without.path("device_keys").path(ALICE.userId())).remove("LATE");
    answer(queries().get(0), without);
    assertThat(queries()).as("once").isEmpty();
  }

  @Test
  void devOwnLateADeviceThatIsListedIsNotAskedForAgain() throws Exception {
    machine =
        network.open(
            new UserDevice(ALICE.userId(), "LATE"), MachineNetwork.ALL, new MemoryCryptoStore());
    network.carriedOut.clear();
    network.settle(machine); // the upload first
    assertThat(network.carriedOut).filteredOn(KeysQuery.class::isInstance).hasSize(1);
    assertThat(machine.find(machine.device())).isPresent();
  }

  @Test
  void devChangedCountsForFollowedUsersOnly() throws Exception {
    changed("@stranger:example.org");
    assertThat(queries()).isEmpty();
    machine.trackUsers(Set.of(BOB.userId()), network.now);
    assertThat(queries()).extracting(KeysQuery::users).containsExactly(Set.of(BOB.userId()));
    network.settle(machine);
    assertThat(queries()).isEmpty();
    changed(BOB.userId());
    assertThat(queries()).hasSize(1);
  }

  @Test
  void devRaceAChangeDuringTheQueryAsksAgain() throws Exception {
    KeysQuery query = askForBob();
    changed(BOB.userId());
    assertThat(queries()).as("one query for a user at a time").containsExactly(query);
    answer(query, network.query(Set.of(BOB.userId())));
    assertThat(machine.find(BOB)).as("the data counts").isPresent();
    List<KeysQuery> again = queries();
    assertThat(again).hasSize(1);
    answer(again.get(0), network.query(Set.of(BOB.userId())));
    assertThat(queries()).isEmpty();
  }

  @Test
  void devFirstWhatWasAskedBeforeAFirstSyncIsAskedAgain_ours() throws Exception {
    UserDevice late = new UserDevice(ALICE.userId(), "LATE");
    machine = network.open(late, MachineNetwork.ALL, new MemoryCryptoStore());
    network.settle(machine);
    UserDevice later = new UserDevice(ALICE.userId(), "LATER");
    publish(later); // of which no sync tells: the first one comes after it
    machine.trackUsers(Set.of(BOB.userId()), network.now);
    KeysQuery underWay = queries().get(0);
    machine.trackUsers(Set.of("@carol:example.org"), network.now);

    changed();
    answer(underWay, network.query(underWay.users()));
    assertThat(queries())
        .flatExtracting(KeysQuery::users)
        .containsExactlyInAnyOrder("@carol:example.org", ALICE.userId(), BOB.userId());
    network.settle(machine);
    assertThat(machine.find(later)).isPresent();
    changed();
    assertThat(queries()).as("later syncs tell").isEmpty();
  }

  @Test
  void devLeftIsNotFollowedAnyMore_ours() throws Exception {
    network.introduce(machine);
    machine.trackUsers(Set.of(BOB.userId()), network.now);
    network.settle(machine);
    machine.receiveSync(
        new SyncChanges(
            List.of(), Set.of(), Set.of(BOB.userId(), ALICE.userId()), 50, Optional.empty(), "s"),
        network.now);
    assertThat(machine.trackedUsers()).containsExactly(ALICE.userId());
    changed(BOB.userId());
    assertThat(queries()).isEmpty();
    machine.trackUsers(Set.of(BOB.userId()), network.now);
    assertThat(queries()).as("outdated when followed again").hasSize(1);
  }

  @Test
  void devChunkAsksForAtMost250UsersAtOnce() throws Exception {
    Set<String> users = new HashSet<>();
    for (int i = 0; i < DeviceTracker.MAX_USERS_PER_QUERY; i++) {
      users.add("@u" + i + ":example.org");
    }
    machine.trackUsers(users, network.now);
    assertThat(queries()).extracting(query -> query.users().size()).containsExactly(250);
    machine.trackUsers(Set.of("@one:example.org", "@two:example.org"), network.now);
    assertThat(queries()).extracting(query -> query.users().size()).containsExactly(250, 2);
  }

  @Test
  void devChunk251UsersAreTwoQueries_B73() throws Exception {
    Set<String> users = new HashSet<>();
    for (int i = 0; i <= DeviceTracker.MAX_USERS_PER_QUERY; i++) {
      users.add("@u" + i + ":example.org");
    }
    machine.trackUsers(users, network.now);
    assertThat(queries()).extracting(query -> query.users().size()).containsExactly(250, 1);
  }

  @Test
  void devAllInvalidationAsksForEverybody_B67() throws Exception {
    machine.trackUsers(Set.of(BOB.userId()), network.now);
    network.settle(machine);
    assertThat(queries()).isEmpty();
    machine.invalidateDeviceLists(network.now);
    assertThat(queries())
        .extracting(KeysQuery::users)
        .containsExactly(Set.of(ALICE.userId(), BOB.userId()));
  }

  @Test
  void devOutOfBandAnswersUpdateDataButMakeNoListCurrent_B72() throws Exception {
    KeysQuery regular = askForBob();
    machine.queryKeys(List.of(BOB.userId(), "@carol:example.org"), network.now);
    publish(new UserDevice("@carol:example.org", "C"));
    assertThat(queries()).hasSize(2).contains(regular);
    KeysQuery outOfBand =
        queries().stream().filter(query -> !query.equals(regular)).findFirst().orElseThrow();
    answer(outOfBand, network.query(outOfBand.users()));
    assertThat(machine.find(BOB)).isPresent();
    assertThat(machine.devicesOf("@carol:example.org")).hasSize(1);
    assertThat(machine.trackedUsers()).doesNotContain("@carol:example.org");
    machine.markFailed(regular.id(), new RequestFailure("no"), network.now);
    network.pass(FailureBackoff.FIRST);
    assertThat(queries())
        .as("the list is still outdated")
        .extracting(KeysQuery::users)
        .containsExactly(Set.of(BOB.userId()));
    answer(queries().get(0), network.query(Set.of(BOB.userId())));
    assertThat(queries()).isEmpty();
  }

  @Test
  void noQueryWhereNothingIsOutdated_B69() throws Exception {
    assertThat(queries()).isEmpty();
    changed("@stranger:example.org");
    assertThat(queries()).isEmpty();
    changed(ALICE.userId());
    assertThat(queries()).hasSize(1);
  }

  @Test
  void ourOwnDeviceIsTakenWhenItIsListedLate_B66() throws Exception {
    OlmMachine late = network.open("@late:example.org", "L");
    network.sync(late, List.of());
    List<OutgoingRequest> requests = late.outgoingRequests(network.now);
    for (OutgoingRequest request : requests) {
      if (request instanceof KeysQuery query) {
        late.markSent(query.id(), network.query(query.users()), network.now);
      }
    }
    assertThat(late.find(late.device())).as("not uploaded yet").isEmpty();
    network.settle(late);
    TestIdentity identity = network.newIdentity("@late:example.org");
    network.pass(FailureBackoff.FIRST);
    network.refresh(late, "@late:example.org");
    assertThat(late.takeKeyChanges().devices()).containsEntry(late.device(), KeyChanges.Kind.NEW);
    SignedDeviceKeys listed = late.find(late.device()).orElseThrow().keys();
    UserIdentity own = late.identity("@late:example.org").orElseThrow();
    assertThat(own.master().key()).isEqualTo(identity.key());
    assertThat(own.selfSigning().hasSigned(listed)).isTrue();
  }

  @Test
  void devBackoffLeavesFailedServersAlone() throws Exception {
    machine.trackUsers(Set.of("@c:away.org", "@d:away.org"), network.now);
    ObjectNode failure = Json.newObject();
    failure.putObject("device_keys");
    failure.putObject("failures").putObject("away.org");
    for (int seconds : List.of(15, 30, 60, 120, 240, 480, 900, 900)) {
      Duration wait = Duration.ofSeconds(seconds);
      answer(queries().get(0), failure);
      assertThat(queries()).isEmpty();
      assertThat(machine.nextDeadline(network.now)).contains(network.now.plus(wait));
      network.pass(wait.minusMillis(1));
      assertThat(queries()).isEmpty();
      network.pass(Duration.ofMillis(1));
      assertThat(queries()).hasSize(1);
    }
    ObjectNode good = Json.newObject();
    good.putObject("device_keys").putObject("@c:away.org");
    ((ObjectNode) good.get("device_keys")).putObject("@d:away.org");
    answer(queries().get(0), good);
    assertThat(queries()).isEmpty();
  }

  @Test
  void devBackoffIsNotForServersThatWereNotAsked() throws Exception {
    KeysQuery query = askForBob();
    ObjectNode answer = network.query(Set.of(BOB.userId()));
    answer.putObject("failures").putObject("away.org");
    answer(query, answer);
    machine.trackUsers(Set.of("@c:away.org"), network.now);
    assertThat(queries()).extracting(KeysQuery::users).containsExactly(Set.of("@c:away.org"));
    ObjectNode failure = Json.newObject();
    failure.putObject("device_keys");
    failure.putObject("failures").putObject("away.org");
    answer(queries().get(0), failure);
    assertThat(queries()).as("the control: asked").isEmpty();
    machine.trackUsers(Set.of("@d:away.org"), network.now);
    assertThat(queries()).isEmpty();
  }

  @Test
  void aQueryNamesItsUsersAndAllTheirDevices() throws Exception {
    ObjectNode body = Json.newObject();
    body.putObject("device_keys").putArray(BOB.userId());
    assertThat(askForBob().body()).isEqualTo(body);
  }

  @Test
  void devBackoffDelaysAreThoseOfTheSdk() {
    assertThat(List.of(1, 2, 3, 4, 5, 6, 7, 8, 50))
        .extracting(count -> FailureBackoff.delay(count).toSeconds())
        .containsExactly(15L, 30L, 60L, 120L, 240L, 480L, 900L, 900L, 900L);
  }

  @Test
  void devBackoffIsBounded() {
    FailureBackoff<Integer> backoff = new FailureBackoff<>();
    for (int i = 0; i < FailureBackoff.MAX_ENTRIES; i++) {
      backoff.failed(i, network.now);
    }
    assertThat(backoff.isWaiting(0, network.now)).isTrue();
    backoff.failed(-1, network.now);
    assertThat(backoff.isWaiting(0, network.now)).isFalse();
    assertThat(backoff.isWaiting(1, network.now)).isTrue();
  }

  @Test
  void devOwnServerNeverCountsAsFailed() throws Exception {
    KeysQuery query = askForBob();
    ObjectNode answer = network.query(Set.of(BOB.userId()));
    answer.putObject("failures").putObject("example.org");
    answer(query, answer);
    changed(BOB.userId());
    assertThat(queries()).hasSize(1);
  }

  @Test
  void devAbsentUsersStayOutdatedButAreNotAskedForInALoop_ours() throws Exception {
    machine.trackUsers(Set.of("@nobody:example.org"), network.now);
    answer(queries().get(0), network.query(Set.of()));
    assertThat(queries()).isEmpty();
    network.pass(FailureBackoff.FIRST);
    assertThat(queries()).hasSize(1);
  }

  @Test
  void aQueryThatFailedIsAskedAgainLater() throws Exception {
    KeysQuery query = askForBob();
    machine.markFailed(query.id(), new RequestFailure("no answer"), network.now);
    assertThat(queries()).isEmpty();
    network.pass(FailureBackoff.FIRST);
    assertThat(queries()).extracting(KeysQuery::users).containsExactly(Set.of(BOB.userId()));
  }

  @Test
  void devRestartKeepsWhatIsOutdated() throws Exception {
    askForBob();
    machine.close();
    machine = network.open(ALICE, MachineNetwork.ALL, store);
    assertThat(machine.trackedUsers()).contains(BOB.userId());
    assertThat(queries()).extracting(KeysQuery::users).containsExactly(Set.of(BOB.userId()));
    network.settle(machine);
    machine.close();
    machine = network.open(ALICE, MachineNetwork.ALL, store);
    assertThat(queries()).isEmpty();
    assertThat(machine.find(BOB)).isPresent();
  }

  @Test
  void devFiledEntriesUnderAnotherNameAreIgnored() throws Exception {
    UserDevice carol = new UserDevice("@carol:example.org", "C");
    publish(carol);
    KeysQuery query = askForBob();
    ObjectNode answer = network.query(Set.of(BOB.userId()));
    ObjectNode bobs = (ObjectNode) answer.path("device_keys").path(BOB.userId());
    bobs.set("MOVED", network.deviceKeys.get(BOB));
    bobs.set("C", network.deviceKeys.get(carol));
    answer(query, answer);
    assertThat(machine.devicesOf(BOB.userId()))
        .extracting(device -> device.keys().deviceId())
        .containsExactly("BOB1");
  }

  @Test
  void devAskedIgnoresUsersNobodyAskedFor_ours() throws Exception {
    UserDevice carol = new UserDevice("@carol:example.org", "C");
    publish(carol);
    answer(askForBob(), network.query(Set.of(BOB.userId(), carol.userId())));
    assertThat(machine.find(carol)).isEmpty();
    assertThat(machine.find(BOB)).isPresent();
  }

  @Test
  void devPinAChangedSigningKeyIsRefusedAndTheOldOneStays() throws Exception {
    answer(askForBob(), network.query(Set.of(BOB.userId())));
    Device before = machine.find(BOB).orElseThrow();
    publish(BOB);
    changed(BOB.userId());
    network.settle(machine);
    assertThat(machine.find(BOB).orElseThrow().isSameAs(before)).isTrue();
  }

  @Test
  void devSelfASignatureOfAnotherKeyIsRefused() throws Exception {
    ObjectNode keys = published(BOB);
    keys.put("added", "after signing");
    answer(askForBob(), network.query(Set.of(BOB.userId())));
    assertThat(machine.find(BOB)).isEmpty();
    keys.remove("added");
    changed(BOB.userId());
    network.settle(machine);
    assertThat(machine.find(BOB)).isPresent();
  }

  @Test
  void devDeletedDevicesAreForgottenAndDecisionsSurviveUpdates() throws Exception {
    UserDevice second = new UserDevice(BOB.userId(), "BOB2");
    publish(second);
    answer(askForBob(), network.query(Set.of(BOB.userId())));
    machine.setLocalTrust(BOB, LocalTrust.BLOCKED);
    network.deviceKeys.remove(second);
    published(BOB).putObject("unsigned").put("device_display_name", "x");
    changed(BOB.userId());
    network.settle(machine);
    assertThat(machine.find(second)).isEmpty();
    assertThat(machine.find(BOB).orElseThrow().localTrust()).isEqualTo(LocalTrust.BLOCKED);
    machine.close();
    machine = network.open(ALICE, MachineNetwork.ALL, store);
    assertThat(machine.find(second)).isEmpty();
    assertThat(machine.find(BOB).orElseThrow().localTrust()).isEqualTo(LocalTrust.BLOCKED);
  }

  @Test
  void devTombstoneARelistedDeviceKeepsItsKeyAndDecision_ours() throws Exception {
    answer(askForBob(), network.query(Set.of(BOB.userId())));
    machine.setLocalTrust(BOB, LocalTrust.BLOCKED);
    ObjectNode first = published(BOB);
    for (boolean restarted : List.of(false, true)) {
      network.deviceKeys.remove(BOB);
      network.deviceKeys.put(new UserDevice(BOB.userId(), "OTHER"), Json.newObject());
      changed(BOB.userId());
      network.settle(machine);
      assertThat(machine.find(BOB)).isEmpty();
      if (restarted) {
        machine.close();
        machine = network.open(ALICE, MachineNetwork.ALL, store);
      }
      publish(BOB); // other keys
      changed(BOB.userId());
      network.settle(machine);
      assertThat(machine.find(BOB)).as("other keys").isEmpty();
      network.deviceKeys.put(BOB, first);
      changed(BOB.userId());
      network.settle(machine);
      assertThat(machine.find(BOB).orElseThrow().localTrust()).isEqualTo(LocalTrust.BLOCKED);
    }
  }

  @Test
  void devDecidedADecisionReachesADeviceThatIsNotListed_ours() throws Exception {
    answer(askForBob(), network.query(Set.of(BOB.userId())));
    ObjectNode listed = network.deviceKeys.remove(BOB);
    network.deviceKeys.put(new UserDevice(BOB.userId(), "OTHER"), Json.newObject());
    changed(BOB.userId());
    network.settle(machine);
    assertThat(machine.find(BOB)).isEmpty();
    assertThat(machine.setLocalTrust(new UserDevice(BOB.userId(), "NEVER"), LocalTrust.BLOCKED))
        .isFalse();
    assertThat(machine.setLocalTrust(BOB, LocalTrust.BLOCKED)).isTrue();
    assertThat(machine.find(BOB)).as("still not listed").isEmpty();
    network.deviceKeys.put(BOB, listed);
    changed(BOB.userId());
    network.settle(machine);
    assertThat(machine.find(BOB).orElseThrow().localTrust()).isEqualTo(LocalTrust.BLOCKED);
  }

  @Test
  void devOwnEntryIsVerifiedOnlyWithOurKeysAndNeverForgotten() throws Exception {
    assertThat(machine.find(ALICE).orElseThrow().localTrust()).isEqualTo(LocalTrust.VERIFIED);
    network.deviceKeys.remove(ALICE);
    network.deviceKeys.put(new UserDevice(ALICE.userId(), "OTHER"), Json.newObject());
    changed(ALICE.userId());
    network.settle(machine);
    assertThat(machine.find(ALICE)).isPresent();
  }

  @Test
  void devOwnEntryWithOtherKeysIsIgnored() throws Exception {
    OlmMachine fresh =
        network.open(
            new UserDevice("@dora:example.org", "D"), MachineNetwork.ALL, new MemoryCryptoStore());
    publish(fresh.device());
    for (OutgoingRequest request : fresh.outgoingRequests(network.now)) {
      if (request instanceof KeysQuery query) {
        fresh.markSent(query.id(), network.query(query.users()), network.now);
      }
    }
    assertThat(fresh.find(fresh.device())).isEmpty();
  }

  @Test
  void devBoundKnowsAtMostAThousandDevicesOfAUser() throws Exception {
    ObjectNode answer = Json.newObject();
    ObjectNode devices = answer.putObject("device_keys").putObject(BOB.userId());
    Account account = Account.generate(network.random());
    for (int i = 0; i <= DeviceListAnswer.MAX_DEVICES_PER_USER; i++) {
      UserDevice device = new UserDevice(BOB.userId(), "D" + i);
      devices.set(device.deviceId(), new OwnDevice(device, account).deviceKeys());
    }
    answer(askForBob(), answer);
    assertThat(machine.devicesOf(BOB.userId())).hasSize(DeviceListAnswer.MAX_DEVICES_PER_USER);
    assertThat(machine.find(new UserDevice(BOB.userId(), "D999"))).isPresent();
    assertThat(machine.find(new UserDevice(BOB.userId(), "D1000"))).isEmpty();
  }
}
