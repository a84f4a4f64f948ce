package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.json.Json;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds for the machine as a whole. */
class OlmMachineTest {
  private final MachineNetwork network = new MachineNetwork(8);

  @Test
  void theSyncTokenIsStoredWithWhatTheSyncChanged() throws Exception {
    MemoryCryptoStore store = new MemoryCryptoStore();
    UserDevice device = new UserDevice("@a:x.org", "A");
    OlmMachine machine = network.open(device, MachineNetwork.ALL, store);
    assertThat(machine.syncToken()).isEmpty();
    network.sync(machine, List.of());
    String token = machine.syncToken().orElseThrow();
    assertThat(network.open(device, MachineNetwork.ALL, store).syncToken()).contains(token);
  }

  @Test
  void aNewMachineStoresItsKeysBeforeAnybodySeesThem() throws Exception {
    MemoryCryptoStore store = new MemoryCryptoStore();
    UserDevice device = new UserDevice("@a:x.org", "A");
    OlmMachine machine = network.open(device, MachineNetwork.ALL, store);
    assertThat(network.open(device, MachineNetwork.ALL, store).identityKeys())
        .isEqualTo(machine.identityKeys());
  }

  @Test
  void aMachineWhoseStoreFailedIsUsedNoMore() throws Exception {
    FailingStore store = new FailingStore(new MemoryCryptoStore());
    OlmMachine machine = network.open(new UserDevice("@a:x.org", "A"), MachineNetwork.ALL, store);
    store.fails = true;
    assertThatThrownBy(() -> network.sync(machine, List.of()))
        .isInstanceOf(CryptoStoreException.Unavailable.class);
    store.fails = false;
    assertThatThrownBy(() -> machine.outgoingRequests(network.now))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> machine.deliver("t", Json.newObject(), Set.of(machine.device()), network.now))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void answersToUnknownRequestsChangeNothing() throws Exception {
    OlmMachine machine = network.open("@a:x.org", "A");
    List<OutgoingRequest> before = machine.outgoingRequests(network.now);
    machine.markSent("nobody knows it", Json.newObject(), network.now);
    machine.markFailed("nor this", new RequestFailure("x"), network.now);
    assertThat(machine.outgoingRequests(network.now)).isEqualTo(before);
  }

  @Test
  void policiesAreChosenByName() {
    assertThat(TrustPolicy.named("all")).isEqualTo(TrustPolicy.ALL);
    assertThat(TrustPolicy.named("cross-signed")).isEqualTo(TrustPolicy.CROSS_SIGNED);
    assertThat(TrustPolicy.named("verified")).isEqualTo(TrustPolicy.VERIFIED);
    assertThatThrownBy(() -> TrustPolicy.named("none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cross-signed");
    assertThat(OlmMachine.Settings.defaults())
        .isEqualTo(new OlmMachine.Settings(TrustPolicy.CROSS_SIGNED, TrustPolicy.CROSS_SIGNED));
  }

  @Test
  void eachPolicyAcceptsWhatItSays() {
    for (VerificationState state : VerificationState.values()) {
      assertThat(TrustPolicy.ALL.accepts(state)).isTrue();
      assertThat(TrustPolicy.VERIFIED.accepts(state))
          .isEqualTo(state == VerificationState.VERIFIED);
    }
    assertThat(List.of(VerificationState.values()))
        .filteredOn(TrustPolicy.CROSS_SIGNED::accepts)
        .containsExactly(VerificationState.VERIFIED, VerificationState.UNVERIFIED_IDENTITY);
  }
}
