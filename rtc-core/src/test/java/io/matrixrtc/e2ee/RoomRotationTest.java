package io.matrixrtc.e2ee;

import static io.matrixrtc.e2ee.RoomFixture.ALICE;
import static io.matrixrtc.e2ee.RoomFixture.ALICE_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.BOB;
import static io.matrixrtc.e2ee.RoomFixture.BOB_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.CAROL;
import static io.matrixrtc.e2ee.RoomFixture.CAROL_DEVICE;
import static io.matrixrtc.e2ee.RoomFixture.joined;
import static io.matrixrtc.e2ee.RoomFixture.members;
import static io.matrixrtc.e2ee.RoomFixture.rotation;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a room's key is replaced. Each cause has what is nearest to it and replaces nothing. */
class RoomRotationTest {
  private final RoomFixture rooms = new RoomFixture(52);
  private final MachineNetwork network = rooms.network;
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine alice;
  private OlmMachine bob;
  private OlmMachine carol;

  @BeforeEach
  void threeUsers() throws Exception {
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, store);
    bob = rooms.open(BOB_DEVICE);
    carol = rooms.open(CAROL_DEVICE);
    network.introduce(alice, bob, carol);
  }

  private void settings(ObjectNode settings) throws Exception {
    assertThat(alice.rooms().encryptionEnabled(RoomFixture.ROOM, settings))
        .isEqualTo(RoomSettingsOutcome.ACCEPTED);
  }

  private @Nullable RotationCause next(RoomMembers members) throws Exception {
    return rotation(rooms.encrypt(alice, members, "x"));
  }

  private @Nullable RotationCause next() throws Exception {
    return next(joined(ALICE, BOB, CAROL));
  }

  @Test
  void rotateCountAfterAsManyMessagesAsTheRoomSays_B117() throws Exception {
    settings(RoomFixture.settings().put("rotation_period_msgs", 3));
    assertThat(next()).isEqualTo(RotationCause.FIRST);
    assertThat(next()).isNull();
    assertThat(next()).isNull();
    assertThat(next()).isEqualTo(RotationCause.MESSAGES);
    assertThat(next()).isNull();
  }

  @Test
  void rotateFloorNoRoomGoesBelowAnHourOrBeyondTenThousandMessages_B117() {
    RoomSettings least = settingsOf(0, 0);
    assertThat(least.rotationPeriod()).isEqualTo(Duration.ofHours(1));
    assertThat(least.rotationMessages()).isEqualTo(1);
    RoomSettings most = settingsOf(Long.MAX_VALUE, 10_001);
    assertThat(most.rotationMessages()).isEqualTo(10_000);
    assertThat(most.isTooOld(network.now, network.now.plus(Duration.ofDays(36_500)))).isFalse();
    assertThat(settingsOf(Duration.ofHours(1).toMillis() + 1, 10_000))
        .isEqualTo(new RoomSettings(Duration.ofHours(1).plusMillis(1), 10_000));
    assertThat(settingsOf(-1, -1)).isEqualTo(least);
    assertThat(RoomSettings.parse(RoomFixture.settings())).contains(RoomSettings.defaults());
    assertThat(
            RoomSettings.parse(
                RoomFixture.settings()
                    .put("rotation_period_ms", "1")
                    .put("rotation_period_msgs", 1.5)))
        .contains(RoomSettings.defaults());
    assertThat(RoomSettings.parse(Json.newObject())).isEmpty();
  }

  private static RoomSettings settingsOf(long millis, long messages) {
    return RoomSettings.parse(
            RoomFixture.settings()
                .put("rotation_period_ms", millis)
                .put("rotation_period_msgs", messages))
        .orElseThrow();
  }

  @Test
  void rotateTimeAtTheAgeThatTheRoomSaysOrWhenTheClockGoesBack_B117() throws Exception {
    settings(RoomFixture.settings().put("rotation_period_ms", 7_200_000));
    assertThat(next()).isEqualTo(RotationCause.FIRST);
    network.pass(Duration.ofHours(2).minusMillis(1));
    assertThat(next()).isNull();
    network.pass(Duration.ofMillis(1));
    assertThat(next()).isEqualTo(RotationCause.AGE);
    network.pass(Duration.ofSeconds(-1));
    assertThat(next()).isEqualTo(RotationCause.AGE);
  }

  @Test
  void rotateLeaveWhoLeftReadsNothingFurther_B114() throws Exception {
    settings(RoomFixture.settings());
    next();
    network.sync(bob);
    network.sync(carol);
    RoomEncryptionOutcome.Encrypted after = rooms.encrypt(alice, joined(ALICE, BOB), "after");
    assertThat(rotation(after)).isEqualTo(RotationCause.MEMBER_LEFT);
    assertThat(after.shares()).containsOnlyKeys(BOB_DEVICE);
    assertThat(rooms.text(bob, rooms.event(alice, after))).isEqualTo("after");
    assertThat(rooms.refused(carol, rooms.event(alice, after)))
        .isInstanceOf(RoomDecryptionFailure.MissingRoomKey.class);
    assertThat(next(joined(ALICE, BOB))).isNull();
  }

  @Test
  void rotateLeaveAnInviteThatIsTakenBackCountsToo_B114() throws Exception {
    settings(RoomFixture.settings());
    next(members(HistoryVisibility.SHARED, Set.of(ALICE, BOB), Set.of(CAROL)));
    assertThat(next()).as("the invited one joins").isNull();
    assertThat(next(joined(ALICE, BOB))).isEqualTo(RotationCause.MEMBER_LEFT);
  }

  @Test
  void rotateBundleWhoWasGivenTheHistoryCounts_B114() throws Exception {
    settings(RoomFixture.settings());
    assertThat(next(joined(ALICE, BOB))).isEqualTo(RotationCause.FIRST);
    alice.rooms().bundled(RoomFixture.ROOM, Set.of(CAROL_DEVICE));
    RoomMembers invited = members(HistoryVisibility.SHARED, Set.of(ALICE, BOB), Set.of(CAROL));
    assertThat(next(invited)).as("invited, and still there").isNull();
    assertThat(next()).as("the invited one joins").isNull();
    assertThat(next(joined(ALICE, BOB))).isEqualTo(RotationCause.MEMBER_LEFT);
    assertThat(next(joined(ALICE, BOB))).as("the new one is in no bundle").isNull();

    alice.rooms().bundled(RoomFixture.ROOM, Set.of(CAROL_DEVICE));
    alice.close();
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, store);
    assertThat(next(joined(ALICE, BOB))).isEqualTo(RotationCause.MEMBER_LEFT);
    alice.close();
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, store);
    assertThat(next(joined(ALICE, BOB))).isNull();

    alice.rooms().bundled(RoomFixture.ROOM, Set.of(CAROL_DEVICE));
    alice.setLocalTrust(CAROL_DEVICE, LocalTrust.BLOCKED);
    assertThat(next(invited)).isEqualTo(RotationCause.DEVICE_EXCLUDED);
  }

  @Test
  void rotateDeviceABlockedOneReadsNothingFurther_B114() throws Exception {
    settings(RoomFixture.settings());
    next();
    network.sync(carol);
    alice.setLocalTrust(CAROL_DEVICE, LocalTrust.BLOCKED);
    RoomEncryptionOutcome.Encrypted after =
        rooms.encrypt(alice, joined(ALICE, BOB, CAROL), "after");
    assertThat(rotation(after)).isEqualTo(RotationCause.DEVICE_EXCLUDED);
    assertThat(rooms.text(bob, rooms.event(alice, after))).isEqualTo("after");
    assertThat(rooms.refused(carol, rooms.event(alice, after)))
        .isInstanceOfSatisfying(
            RoomDecryptionFailure.MissingRoomKey.class,
            missing -> assertThat(missing.withheld()).contains(WithheldCode.BLACKLISTED));
    assertThat(next()).as("who is told no makes no new key").isNull();
    alice.setLocalTrust(CAROL_DEVICE, LocalTrust.UNSET);
    assertThat(next()).as("nor who is let in").isNull();
  }

  @Test
  void rotateDeviceARemovedOneReadsNothingFurther_B114() throws Exception {
    settings(RoomFixture.settings());
    OlmMachine phone = rooms.open(new UserDevice(BOB, "PHONE"));
    network.settle(phone);
    network.refresh(alice, BOB);
    assertThat(next()).isEqualTo(RotationCause.FIRST);
    network.deviceKeys.remove(phone.device());
    network.refresh(alice, BOB);
    assertThat(next()).isEqualTo(RotationCause.DEVICE_EXCLUDED);
    assertThat(next()).isNull();
  }

  @Test
  void rotateVisibilityAnyChangeOfTheHistoryVisibility_B109_B114() throws Exception {
    settings(RoomFixture.settings());
    next();
    Set<String> all = Set.of(ALICE, BOB, CAROL);
    assertThat(next(members(HistoryVisibility.SHARED, all, Set.of()))).isNull();
    assertThat(next(members(HistoryVisibility.WORLD_READABLE, all, Set.of())))
        .isEqualTo(RotationCause.VISIBILITY);
    assertThat(next(members(HistoryVisibility.JOINED, all, Set.of())))
        .isEqualTo(RotationCause.VISIBILITY);
    assertThat(next(members(HistoryVisibility.JOINED, all, Set.of()))).isNull();
  }

  @Test
  void rotatePolicyAnotherPolicyForSendingMakesANewKey() throws Exception {
    settings(RoomFixture.settings());
    next(joined(ALICE, BOB));
    alice.close();
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, store);
    assertThat(next(joined(ALICE, BOB))).isNull();
    alice.close();
    alice = network.open(ALICE_DEVICE, OlmMachine.Settings.defaults(), store);
    assertThat(next(joined(ALICE, BOB))).isEqualTo(RotationCause.POLICY);
  }

  @Test
  void rotateByTheAppMarksTheKeyAndTheNextEventHasANewOne_B92() throws Exception {
    settings(RoomFixture.settings());
    assertThat(alice.rooms().discardSession(RoomFixture.ROOM)).isFalse();
    RoomEncryptionOutcome.Encrypted old = rooms.encrypt(alice, joined(ALICE, BOB), "old");
    assertThat(alice.rooms().discardSession(RoomFixture.ROOM)).isTrue();
    assertThat(alice.rooms().outboundSession(RoomFixture.ROOM).orElseThrow().key())
        .isEqualTo(old.key());
    alice.close();
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, store);
    RoomEncryptionOutcome.Encrypted fresh = rooms.encrypt(alice, joined(ALICE, BOB), "new");
    assertThat(rotation(fresh)).isEqualTo(RotationCause.DISCARDED);
    assertThat(fresh.key()).isNotEqualTo(old.key());
    assertThat(rooms.text(bob, rooms.event(alice, old))).isEqualTo("old");
    assertThat(rooms.text(bob, rooms.event(alice, fresh))).isEqualTo("new");
  }
}
