package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.e2ee.KeyChanges.Kind;
import io.matrixrtc.json.Json;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the machine tells of changed devices and identities. */
class KeyChangesTest {
  private static final String ALICE = "@alice:a.example";
  private static final UserDevice A1 = new UserDevice(ALICE, "A1");
  private static final UserDevice A2 = new UserDevice(ALICE, "A2");
  private static final UserDevice BOB = new UserDevice("@bob:b.example", "B");
  private final MachineNetwork network = new MachineNetwork(5);
  private OlmMachine bob;

  @BeforeEach
  void open() throws Exception {
    bob = network.open(BOB.userId(), BOB.deviceId());
    network.introduce(network.open(ALICE, "A1"), bob);
  }

  @Test
  void devStreamTellsWhatIsNewChangedAndDeleted_B82() throws Exception {
    assertThat(bob.takeKeyChanges())
        .as("our own device included")
        .isEqualTo(new KeyChanges(Map.of(A1, Kind.NEW, BOB, Kind.NEW), Map.of()));
    assertThat(bob.takeKeyChanges().isEmpty()).isTrue();

    network.refresh(bob, ALICE);
    assertThat(bob.takeKeyChanges().isEmpty()).as("unchanged").isTrue();

    network.deviceKeys(A1).putObject("unsigned").put("device_display_name", "new name");
    network.settle(network.open(ALICE, "A2"));
    network.refresh(bob, ALICE);
    assertThat(bob.takeKeyChanges().devices()).isEqualTo(Map.of(A1, Kind.CHANGED, A2, Kind.NEW));

    network.deviceKeys.remove(A2);
    network.refresh(bob, ALICE);
    assertThat(bob.takeKeyChanges().devices()).isEqualTo(Map.of(A2, Kind.DELETED));
  }

  @Test
  void identitiesAreToldToo_B82() throws Exception {
    bob.takeKeyChanges();
    network.newIdentity(ALICE);
    TestIdentity own = network.newIdentity(BOB.userId());
    network.refresh(bob, ALICE, BOB.userId());
    assertThat(bob.takeKeyChanges().identities())
        .isEqualTo(Map.of(ALICE, Kind.NEW, BOB.userId(), Kind.NEW));
    network.refresh(bob, ALICE, BOB.userId());
    assertThat(bob.takeKeyChanges().isEmpty()).as("unchanged").isTrue();
    network.newIdentity(ALICE);
    network.refresh(bob, ALICE);
    assertThat(bob.takeKeyChanges().identities()).isEqualTo(Map.of(ALICE, Kind.CHANGED));
    bob.verifyIdentity(BOB.userId(), own.key());
    assertThat(bob.takeKeyChanges().identities()).isEqualTo(Map.of(BOB.userId(), Kind.CHANGED));
  }

  @Test
  void refusedKeysChangeNothing() throws Exception {
    bob.takeKeyChanges();
    network.deviceKeys.put(A2, Json.newObject().put("user_id", ALICE));
    network.refresh(bob, ALICE);
    assertThat(bob.takeKeyChanges().isEmpty()).isTrue();
    bob.setLocalTrust(A1, LocalTrust.BLOCKED);
    assertThat(bob.takeKeyChanges().devices()).isEqualTo(Map.of(A1, Kind.CHANGED));
  }

  @Test
  void severalChangesBetweenTwoLooksAreOne() {
    KeyChangeLog log = new KeyChangeLog();
    log.device(A1, Kind.NEW);
    log.device(A1, Kind.CHANGED);
    assertThat(log.take().devices()).isEqualTo(Map.of(A1, Kind.NEW));
    log.device(A1, Kind.NEW);
    log.device(A1, Kind.DELETED);
    assertThat(log.take().devices()).isEmpty();
    log.device(A1, Kind.DELETED);
    log.device(A1, Kind.NEW);
    assertThat(log.take().devices()).isEqualTo(Map.of(A1, Kind.CHANGED));
    log.device(A1, Kind.CHANGED);
    log.device(A1, Kind.DELETED);
    assertThat(log.take().devices()).isEqualTo(Map.of(A1, Kind.DELETED));
  }
}
