package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.StateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that ran elsewhere goes on here, with its sessions or without them. */
class DeviceImportTest {
  private static final UserDevice ALICE = new UserDevice("@a:x.org", "A");
  private static final UserDevice BOB = new UserDevice("@b:x.org", "B");
  private static final String TYPE = "org.example";

  private final MachineNetwork network = new MachineNetwork(7);
  private final MemoryCryptoStore before = new MemoryCryptoStore();
  private final MemoryCryptoStore after = new MemoryCryptoStore();
  private final StateKey key = StateKey.copyOf(new byte[StateKey.BYTES]);
  private OlmMachine alice;
  private Account account;
  private Session session;
  private Curve25519PublicKey alicesKey;

  /** What another implementation would have of Bob, who has heard from Alice and answered. */
  @BeforeEach
  void bobRanElsewhere() throws Exception {
    alice = network.open(ALICE, MachineNetwork.ALL, new MemoryCryptoStore());
    OlmMachine bob = network.open(BOB, MachineNetwork.ALL, before);
    network.introduce(alice, bob);
    alicesKey = alice.identityKeys().curve25519();
    say("one");
    network.sync(bob);
    network.deliver(bob, TYPE, Json.newObject().put("text", "two"), ALICE);
    network.sync(alice);
    RatchetSeal seal = new RatchetSeal(MachineNetwork.key(), network.random());
    account = seal.openAccount(before.account().orElseThrow().account());
    session = seal.openSession(before.sessions(alicesKey).get(0));
  }

  private void say(String text) throws Exception {
    network.deliver(alice, TYPE, Json.newObject().put("text", text), BOB);
  }

  private OlmMachine open() throws Exception {
    return OlmMachine.open(BOB, MachineNetwork.ALL, after, key, network.random());
  }

  @Test
  void storeImportADeviceGoesOnInTheSessionsThatItHad() throws Exception {
    new DeviceImport(BOB, account)
        .session(alicesKey, session, network.now)
        .writeTo(after, key, network.random());
    OlmMachine bob = open();
    assertThat(bob.identityKeys()).isEqualTo(account.identityKeys());
    network.settle(bob);

    say("three");
    assertThat(texts(network.sync(bob))).containsExactly("three");
    network.deliver(bob, TYPE, Json.newObject().put("text", "four"), ALICE);
    assertThat(texts(network.sync(alice))).containsExactly("four");
    assertThat(after.sessions(alicesKey)).as("the one that came along").hasSize(1);
    assertThat(bob.find(ALICE)).as("asked for anew").isPresent();
  }

  /** The control: it is the session that opens the message. */
  @Test
  void storeImportWithoutItsSessionsADeviceReadsWhatComesOverNewOnesOnly() throws Exception {
    new DeviceImport(BOB, account).writeTo(after, key, network.random());
    OlmMachine bob = open();
    network.settle(bob);

    say("three");
    assertThat(network.sync(bob))
        .singleElement()
        .isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
    network.deliver(bob, TYPE, Json.newObject().put("text", "four"), ALICE);
    assertThat(texts(network.sync(alice))).containsExactly("four");
    assertThat(after.sessions(alicesKey))
        .singleElement()
        .extracting(StoredSession::sessionId)
        .isNotEqualTo(session.sessionId());
  }

  @Test
  void storeImportIntoAStoreThatHasADeviceIsRefusedAndChangesNothing() throws Exception {
    StoredAccount there = before.account().orElseThrow();
    DeviceImport again = new DeviceImport(new UserDevice("@b:x.org", "C"), account);
    assertThatThrownBy(() -> again.writeTo(before, key, network.random()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(BOB.deviceId());
    assertThat(before.account()).contains(there);
    again.writeTo(after, key, network.random());
    assertThat(after.account().orElseThrow().device().deviceId()).isEqualTo("C");
  }

  private static ObjectNode upload(List<OutgoingRequest> requests) {
    return requests.stream()
        .filter(OutgoingRequest.KeysUpload.class::isInstance)
        .map(request -> ((OutgoingRequest.KeysUpload) request).body())
        .reduce((one, other) -> other)
        .orElseThrow();
  }

  @Test
  void storeImportTheServersCountDecidesHowManyOneTimeKeysAreMade() throws Exception {
    network.claim(Set.of(BOB));
    assertThat(network.oneTimeKeys.get(BOB)).as("one was used").hasSize(49);
    ObjectNode fallbackKey = Objects.requireNonNull(network.fallbackKeys.get(BOB)).deepCopy();
    new DeviceImport(BOB, account).writeTo(after, key, network.random());
    OlmMachine bob = open();
    assertThat(fieldsOf(upload(bob.outgoingRequests(network.now)))).containsExactly("device_keys");
    network.settle(bob); // the answer tells the count
    ObjectNode second = upload(network.carriedOut);
    assertThat(fieldsOf(second)).containsExactly("one_time_keys");
    assertThat(second.path("one_time_keys").size()).isEqualTo(1);
    network.sync(bob);
    network.settle(bob);
    assertThat(network.oneTimeKeys.get(BOB)).hasSize(50);
    assertThat(network.fallbackKeys.get(BOB)).as("not made anew").isEqualTo(fallbackKey);
    assertThat(bob.oneTimeKeys().fallbackCreatedAt()).contains(network.now);
    assertThat(bob.oneTimeKeys().fallbackPublishedAt()).contains(network.now);
    assertThat(bob.oneTimeKeys().onServer()).hasValue(50);

    // It is as old as the import: a week later it is replaced, and an hour after that forgotten.
    bob.close();
    bob = open();
    network.pass(KeyUploads.FALLBACK_KEY_LIFETIME.minusSeconds(1));
    network.sync(bob);
    network.settle(bob);
    assertThat(network.fallbackKeys.get(BOB)).isEqualTo(fallbackKey);
    network.pass(Duration.ofSeconds(1));
    network.sync(bob);
    network.settle(bob);
    assertThat(network.fallbackKeys.get(BOB)).isNotEqualTo(fallbackKey);
  }

  /** The control: one that never ran gets all its keys before any sync. */
  @Test
  void storeImportAnAccountWithoutKeysIsUploadedAtOnce() throws Exception {
    UserDevice device = new UserDevice(BOB.userId(), "NEW");
    new DeviceImport(device, Account.generate(network.random()))
        .writeTo(after, key, network.random());
    OlmMachine machine = OlmMachine.open(device, MachineNetwork.ALL, after, key, network.random());
    ObjectNode body = upload(machine.outgoingRequests(network.now));
    assertThat(fieldsOf(body)).containsExactly("device_keys", "one_time_keys");
    assertThat(body.path("one_time_keys").size()).isEqualTo(50);
  }

  @Test
  void storeImportAFallbackKeyThatIsNotPublishedIsPublishedAndStays() throws Exception {
    Account unpublished = Account.generate(network.random());
    unpublished.generateFallbackKey();
    String text = unpublished.unpublishedFallbackKey().values().iterator().next().toBase64();
    UserDevice device = new UserDevice(BOB.userId(), "NEW");
    new DeviceImport(device, unpublished).writeTo(after, key, network.random());
    OlmMachine machine = OlmMachine.open(device, MachineNetwork.ALL, after, key, network.random());
    machine.outgoingRequests(network.now);
    assertThat(machine.oneTimeKeys().fallbackPublishedAt()).isEmpty();
    for (int i = 0; i < 3; i++) {
      network.sync(machine);
      network.settle(machine);
      assertThat(
              Objects.requireNonNull(network.fallbackKeys.get(device)).findValue("key").textValue())
          .isEqualTo(text);
    }
  }

  private static List<String> fieldsOf(ObjectNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private Session sessionOfNobody(SessionConfig config) throws Exception {
    Account nobody = Account.generate(network.random());
    Curve25519PublicKey oneTimeKey = Account.generate(network.random()).identityKeys().curve25519();
    return nobody.createOutboundSession(config, alicesKey, oneTimeKey);
  }

  @Test
  void storeImportASessionOfAConfigurationThatMatrixHasNotIsRefused() throws Exception {
    DeviceImport bob = new DeviceImport(BOB, account);
    Session second = sessionOfNobody(SessionConfig.V2);
    assertThatThrownBy(() -> bob.session(alicesKey, second, network.now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("configuration 2");
    bob.session(alicesKey, sessionOfNobody(SessionConfig.V1), network.now)
        .writeTo(after, key, network.random());
    assertThat(after.sessions(alicesKey)).hasSize(1);
  }

  @Test
  void sessKeepAnImportBringsTheTenSessionsThatWereLastUsed() throws Exception {
    DeviceImport bob = new DeviceImport(BOB, account);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i <= OlmSessions.MAX_PER_DEVICE; i++) {
      Session one = sessionOfNobody(SessionConfig.V1);
      ids.add(one.sessionId());
      bob.session(alicesKey, one, network.now.minusSeconds(i == 0 ? 1 : 100 - i));
    }
    bob.writeTo(after, key, network.random());
    ids.remove(1); // added second, used longest ago
    assertThat(after.sessions(alicesKey))
        .extracting(StoredSession::sessionId)
        .containsExactlyElementsOf(ids);
  }

  @Test
  void sessStrangersAnImportsKeysAreStrangersUntilAListShowsThem() throws Exception {
    DeviceImport device = new DeviceImport(BOB, account);
    device.session(alicesKey, session, network.now.minusSeconds(5_000));
    List<Curve25519PublicKey> peers = new ArrayList<>();
    for (int i = 0; i < StrangerSessions.MAX_KEYS; i++) {
      peers.add(Account.generate(network.random()).identityKeys().curve25519());
      device.session(peers.get(i), sessionOfNobody(SessionConfig.V1), network.now.minusSeconds(i));
    }
    device.writeTo(after, key, network.random());
    OlmMachine bob = open();
    network.settle(bob);
    bob.trackUsers(Set.of(ALICE.userId()), network.now);
    network.refresh(bob, ALICE.userId());
    for (int i = 0; i < 2; i++) { // all but one of the import are strangers now, and Alice is none
      ForgedSender stranger =
          new ForgedSender(new UserDevice("@m:m.org", "M" + i), network.random(), bob);
      stranger.startSession(
          Curve25519PublicKey.fromBase64(
              Objects.requireNonNull(network.fallbackKeys.get(BOB)).findValue("key").textValue()));
      assertThat(network.sync(bob, List.of(stranger.event(TYPE))))
          .singleElement()
          .isInstanceOf(ToDeviceResult.Decrypted.class);
      Curve25519PublicKey lastUsed = peers.get(peers.size() - 1);
      assertThat(after.sessions(lastUsed)).as("used longest ago").hasSize(i == 0 ? 1 : 0);
    }
    assertThat(peers.subList(0, peers.size() - 1)).allMatch(peer -> has(peer));
    assertThat(has(alicesKey)).as("a listed device's").isTrue();
  }

  private boolean has(Curve25519PublicKey peer) {
    return !after.sessions(peer).isEmpty();
  }

  @Test
  void sessUnwedgeASessionThatCameBrokenIsReplacedAtOnce() throws Exception {
    new DeviceImport(BOB, account)
        .session(alicesKey, sessionOfNobody(SessionConfig.V1), network.now)
        .writeTo(after, key, network.random());
    OlmMachine bob = open();
    network.settle(bob);
    bob.trackUsers(Set.of(ALICE.userId()), network.now);
    network.refresh(bob, ALICE.userId());
    network.pass(Duration.ofSeconds(1)); // what is made now is newer
    say("three");
    assertThat(network.sync(bob))
        .singleElement()
        .isInstanceOf(ToDeviceResult.UnableToDecrypt.class);
    network.settle(bob);
    assertThat(after.sessions(alicesKey)).hasSize(2);
    network.sync(alice);
    say("four");
    assertThat(texts(network.sync(bob))).containsExactly("four");
  }

  @Test
  void storeImportASessionThatIsGivenTwiceIsOneAsItWasGivenLast() throws Exception {
    Session other = sessionOfNobody(SessionConfig.V1);
    new DeviceImport(BOB, account)
        .session(alicesKey, session, network.now)
        .session(alicesKey, other, network.now.minusSeconds(2))
        .session(alicesKey, session, network.now.minusSeconds(1))
        .writeTo(after, key, network.random());
    assertThat(after.sessions(alicesKey))
        .extracting(StoredSession::sessionId)
        .containsExactlyInAnyOrder(session.sessionId(), other.sessionId());
  }

  @Test
  void sessChoiceOfEqualGuessesTheSessionThatWasAddedLastSends() throws Exception {
    Session other = sessionOfNobody(SessionConfig.V1);
    for (boolean right : new boolean[] {true, false}) {
      MemoryCryptoStore store = new MemoryCryptoStore();
      new DeviceImport(BOB, account)
          .session(alicesKey, right ? other : session, network.now)
          .session(alicesKey, right ? session : other, network.now)
          .writeTo(store, key, network.random());
      OlmMachine bob = OlmMachine.open(BOB, MachineNetwork.ALL, store, key, network.random());
      network.settle(bob);
      network.deliver(bob, TYPE, Json.newObject().put("text", "four"), ALICE);
      assertThat(network.sync(alice))
          .singleElement()
          .isInstanceOf(
              right ? ToDeviceResult.Decrypted.class : ToDeviceResult.UnableToDecrypt.class);
    }
  }

  private static List<String> texts(List<ToDeviceResult> results) {
    return results.stream()
        .map(result -> ((ToDeviceResult.Decrypted) result).content().path("text").asText())
        .toList();
  }
}
