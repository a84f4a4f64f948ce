package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysUpload;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is uploaded, and when. */
class KeyUploadsTest {
  private static final UserDevice ALICE = new UserDevice("@alice:example.org", "ALICE1");
  private static final Optional<Set<String>> UNUSED = Optional.of(Set.of("signed_curve25519"));
  private static final Optional<Set<String>> USED = Optional.of(Set.of());

  private final MachineNetwork network = new MachineNetwork(2);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine machine = open();

  private OlmMachine open() {
    try {
      return network.open(ALICE, MachineNetwork.ALL, store);
    } catch (CryptoStoreException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<KeysUpload> wanted() throws Exception {
    return machine.outgoingRequests(network.now).stream()
        .filter(KeysUpload.class::isInstance)
        .map(KeysUpload.class::cast)
        .findFirst();
  }

  private ObjectNode upload(int countAfter) throws Exception {
    KeysUpload upload = wanted().orElseThrow();
    machine.markSent(upload.id(), counts(countAfter), network.now);
    return upload.body();
  }

  private static ObjectNode counts(int count) {
    ObjectNode answer = Json.newObject();
    answer.putObject("one_time_key_counts").put("signed_curve25519", count);
    return answer;
  }

  private void sync(int count, Optional<Set<String>> unused) throws Exception {
    machine.receiveSync(
        new SyncChanges(List.of(), Set.of(), Set.of(), count, unused, "s"), network.now);
  }

  @Test
  void devOwnFirstUploadHoldsSignedDeviceKeysAndFiftyOneTimeKeys() throws Exception {
    ObjectNode body = upload(50);
    ObjectNode keys = (ObjectNode) body.get("device_keys");
    SignedDeviceKeys parsed = SignedDeviceKeys.accept(ALICE.userId(), ALICE.deviceId(), keys, null);
    assertThat(parsed.ed25519()).isEqualTo(machine.identityKeys().ed25519());
    assertThat(parsed.supportsOlm()).isTrue();
    assertThat(body.get("one_time_keys").size()).isEqualTo(50);
    assertThat(body.has("fallback_keys")).as("not before the server shows support").isFalse();
    for (Map.Entry<String, JsonNode> key : body.get("one_time_keys").properties()) {
      assertThat(key.getKey()).startsWith("signed_curve25519:");
      assertThat(verified((ObjectNode) key.getValue())).isTrue();
    }
    assertThat(wanted()).isEmpty();
  }

  private boolean verified(ObjectNode object) {
    return SignedJson.verify(
            object,
            ALICE.userId(),
            "ed25519:ALICE1",
            SignedDeviceKeys.verifier(machine.identityKeys().ed25519()))
        .isValid();
  }

  @Test
  void otkCountFillsUpToFifty() throws Exception {
    upload(50);
    for (Map.Entry<Integer, Integer> have : Map.of(49, 1, 30, 20, 0, 50).entrySet()) {
      sync(have.getKey(), Optional.empty());
      assertThat(upload(50).get("one_time_keys").size()).isEqualTo(have.getValue());
    }
    sync(50, Optional.empty());
    assertThat(wanted()).isEmpty();
    sync(51, Optional.empty());
    assertThat(wanted()).isEmpty();
  }

  @Test
  void otkAgainTheSameKeysUntilTheyAreAcknowledged() throws Exception {
    KeysUpload first = wanted().orElseThrow();
    sync(0, Optional.empty());
    assertThat(wanted()).contains(first);
    machine.markFailed(first.id(), new RequestFailure("no"), network.now);
    assertThat(wanted()).as("not at once").isEmpty();
    network.pass(FailureBackoff.FIRST);
    KeysUpload second = wanted().orElseThrow();
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.body()).isEqualTo(first.body());
  }

  @Test
  void otkAgainAfterARestartToo() throws Exception {
    KeysUpload first = wanted().orElseThrow();
    machine.close();
    machine = open();
    assertThat(wanted().orElseThrow().body()).isEqualTo(first.body());
    upload(50);
    machine.close();
    machine = open();
    assertThat(wanted()).as("counts come with the next sync").isEmpty();
    sync(48, Optional.empty());
    assertThat(upload(50).get("one_time_keys").size()).isEqualTo(2);
  }

  @Test
  void otkFbMadeOnceTheServerShowsSupport() throws Exception {
    upload(50);
    sync(50, Optional.empty());
    assertThat(wanted()).isEmpty();
    sync(50, USED);
    ObjectNode body = upload(50);
    assertThat(body.has("device_keys")).isFalse();
    assertThat(body.has("one_time_keys")).isFalse();
    ObjectNode key = (ObjectNode) body.get("fallback_keys").elements().next();
    assertThat(key.get("fallback").booleanValue()).isTrue();
    assertThat(verified(key)).isTrue();
    key.put("fallback", false);
    assertThat(verified(key)).as("OTK-FB-SIGNED").isFalse();
    sync(50, UNUSED);
    assertThat(wanted()).isEmpty();
  }

  private String publishFallbackKey() throws Exception {
    upload(50);
    sync(50, USED);
    return upload(50).get("fallback_keys").fieldNames().next();
  }

  @Test
  void otkFbAgeReplacesAfterSevenDays() throws Exception {
    String first = publishFallbackKey();
    network.pass(Duration.ofDays(7).minusSeconds(1));
    sync(50, UNUSED);
    assertThat(wanted()).isEmpty();
    network.pass(Duration.ofSeconds(1));
    sync(50, UNUSED);
    assertThat(upload(50).get("fallback_keys").fieldNames().next()).isNotEqualTo(first);
  }

  @Test
  void otkFbAgeReplacesWhenTheClockWentBack() throws Exception {
    publishFallbackKey();
    network.pass(Duration.ofDays(-1));
    sync(50, UNUSED);
    assertThat(upload(50).has("fallback_keys")).isTrue();
  }

  @Test
  void otkFbUsedReplacesOnceTheReportIsNewerThanTheKey_ours() throws Exception {
    String first = publishFallbackKey();
    network.pass(KeyUploads.FALLBACK_KEY_SETTLING.minusSeconds(1));
    sync(50, USED);
    assertThat(wanted()).isEmpty();
    network.pass(Duration.ofSeconds(1));
    sync(50, USED);
    assertThat(upload(50).get("fallback_keys").fieldNames().next()).isNotEqualTo(first);
  }

  @Test
  void otkFbForgetThePreviousKeyGoesAnHourAfterTheNewOneIsOut() throws Exception {
    publishFallbackKey();
    network.pass(Duration.ofDays(7));
    sync(50, UNUSED);
    upload(50);
    network.pass(KeyUploads.PREVIOUS_FALLBACK_KEY_KEPT.minusSeconds(1));
    sync(50, UNUSED);
    assertThat(hasPreviousFallbackKey()).isTrue();
    network.pass(Duration.ofSeconds(1));
    sync(50, UNUSED);
    assertThat(hasPreviousFallbackKey()).isFalse();
  }

  private boolean hasPreviousFallbackKey() throws Exception {
    try (Account copy =
        Account.unseal(MachineNetwork.key(), store.account().orElseThrow().account().toBytes())) {
      return copy.forgetFallbackKey();
    }
  }

  @Test
  void otkCountOneOfFiftyIsMadeAndThenNothing_B61() throws Exception {
    upload(50);
    sync(49, Optional.empty());
    assertThat(upload(50).get("one_time_keys").size()).isEqualTo(1);
    assertThat(wanted()).isEmpty();
    sync(50, Optional.empty());
    assertThat(wanted()).isEmpty();
    assertThat(machine.nextDeadline(network.now)).isEmpty();
  }

  @Test
  void otkExistsIsToldAndTriedAgainWithBackOff() throws Exception {
    for (Duration wait : List.of(Duration.ofSeconds(15), Duration.ofSeconds(30))) {
      KeysUpload upload = wanted().orElseThrow();
      machine.markFailed(upload.id(), new RequestFailure("no"), network.now);
      assertThat(machine.oneTimeKeysWereLost()).as("any other failure").isFalse();
      network.pass(wait);
    }
    KeysUpload upload = wanted().orElseThrow();
    machine.markFailed(
        upload.id(), new RequestFailure("One time key already exists", true), network.now);
    assertThat(machine.oneTimeKeysWereLost()).isTrue();
    network.pass(Duration.ofSeconds(60).minusMillis(1));
    assertThat(wanted()).isEmpty();
    network.pass(Duration.ofMillis(1));
    assertThat(wanted().orElseThrow().body()).as("the same keys").isEqualTo(upload.body());
  }

  @Test
  void devLogoutErasesTheStoreAndEndsTheMachine() throws Exception {
    upload(50);
    assertThat(store.account()).isPresent();
    machine.logout();
    assertThat(store.account()).isEmpty();
    assertThat(store.devices(ALICE.userId())).isEmpty();
    assertThat(store.trackedUsers()).isEmpty();
    assertThat(store.syncToken()).isEmpty();
    assertThatThrownBy(() -> sync(50, Optional.empty())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> machine.outgoingRequests(network.now))
        .isInstanceOf(IllegalStateException.class);
    machine.close();
    assertThat(store.account()).as("nothing is written any more").isEmpty();
  }

  @Test
  void aReopenedAccountIsTheSame_B65() throws Exception {
    upload(50);
    ObjectNode keys = machine.deviceKeys();
    machine.close();
    machine = open();
    assertThat(machine.deviceKeys()).isEqualTo(keys);
    assertThat(machine.identityKeys().ed25519().toBase64())
        .isEqualTo(keys.at("/keys/ed25519:ALICE1").textValue());
    sync(50, Optional.empty());
    assertThat(wanted()).as("nothing is published again").isEmpty();
  }

  @Test
  void keysAreStoredBeforeTheyLeave() throws Exception {
    machine.close();
    FailingStore failing = new FailingStore(new MemoryCryptoStore());
    machine = network.open(ALICE, MachineNetwork.ALL, failing);
    failing.fails = true;
    assertThatThrownBy(this::wanted).isInstanceOf(CryptoStoreException.Unavailable.class);
  }
}
