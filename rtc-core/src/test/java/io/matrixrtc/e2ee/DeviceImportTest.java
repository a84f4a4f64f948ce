package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.StateKey;
import java.util.List;
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

  private static List<String> texts(List<ToDeviceResult> results) {
    return results.stream()
        .map(result -> ((ToDeviceResult.Decrypted) result).content().path("text").asText())
        .toList();
  }
}
