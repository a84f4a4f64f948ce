package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.json.Json;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a machine decided is in the store by the time it says so. */
class ReopenedMachineTest {
  private final MachineNetwork network = new MachineNetwork(1);
  private final MemoryCryptoStore aliceStore = new MemoryCryptoStore();
  private final MemoryCryptoStore bobStore = new MemoryCryptoStore();
  private OlmMachine alice;
  private OlmMachine bob;

  @BeforeEach
  void connect() throws Exception {
    alice = open("@alice:x.org", "A", aliceStore);
    bob = open("@bob:x.org", "B", bobStore);
    network.introduce(alice, bob);
    assertThat(send(alice, bob)).isInstanceOf(ToDeviceResult.Decrypted.class);
    assertThat(send(bob, alice)).isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  private OlmMachine open(String user, String device, CryptoStore store) throws Exception {
    return network.open(new UserDevice(user, device), MachineNetwork.ALL, store);
  }

  private ToDeviceResult send(OlmMachine from, OlmMachine to) throws Exception {
    network.deliver(from, "t", Json.newObject(), to.device());
    return network.sync(to).get(0);
  }

  @Test
  void aMessageKeyThatWasUsedStaysUsed() throws Exception {
    network.deliver(alice, "t", Json.newObject(), bob.device());
    List<JsonNode> event = network.queues.getOrDefault(bob.device(), List.of());
    assertThat(event).hasSize(1);
    assertThat(network.sync(bob, event).get(0)).isInstanceOf(ToDeviceResult.Decrypted.class);
    bob.close();
    OlmMachine again = open("@bob:x.org", "B", bobStore);
    assertThat(network.sync(again, event).get(0))
        .isInstanceOfSatisfying(
            ToDeviceResult.UnableToDecrypt.class,
            refused -> assertThat(refused.reason()).isEqualTo(UndecryptableReason.REPLAYED));
    network.queues.remove(bob.device());
    assertThat(send(alice, again)).isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  @Test
  void aSentMessageIsNotSentUnderTheSameKeyAgain() throws Exception {
    alice.close();
    OlmMachine again = open("@alice:x.org", "A", aliceStore);
    assertThat(send(again, bob)).isInstanceOf(ToDeviceResult.Decrypted.class);
    assertThat(send(again, bob)).isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  @Test
  void localTrustIsKept() throws Exception {
    assertThat(alice.setLocalTrust(bob.device(), LocalTrust.BLOCKED)).isTrue();
    assertThat(alice.setLocalTrust(new UserDevice("@bob:x.org", "NONE"), LocalTrust.BLOCKED))
        .isFalse();
    alice.close();
    OlmMachine again = open("@alice:x.org", "A", aliceStore);
    assertThat(again.find(bob.device()))
        .hasValueSatisfying(
            device -> assertThat(device.localTrust()).isEqualTo(LocalTrust.BLOCKED));
  }

  @Test
  void trackedUsersAreKept() throws Exception {
    alice.trackUsers(Set.of("@carol:x.org"), network.now);
    alice.close();
    assertThat(open("@alice:x.org", "A", aliceStore).trackedUsers()).contains("@carol:x.org");
  }
}
