package io.matrixrtc.backup.ondemand;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MissingKeyLaneTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private final Map<RoomKeyId, Long> held = new HashMap<>();
  private final Map<RoomKeyId, String> fetched = new HashMap<>();
  private final MissingKeyLane lane =
      new MissingKeyLane(
          new LocalKeys() {
            @Override
            public boolean canOpen(RoomKeyId id, long index) {
              return held.getOrDefault(id, Long.MAX_VALUE) <= index;
            }

            @Override
            public Optional<String> fetchedEntry(RoomKeyId id) {
              return Optional.ofNullable(fetched.get(id));
            }
          });
  private Instant now = START;

  private static RoomKeyId id(int session) {
    return new RoomKeyId("!room:example.org", "a/b+" + session);
  }

  private static LaneEffect ask(int session) {
    return new LaneEffect.Ask("1", id(session));
  }

  private List<LaneEffect> wantedAndWaited(int... sessions) throws Exception {
    lane.use(Optional.of("1"), now);
    for (int session : sessions) {
      lane.wanted(id(session), 0, false, now);
    }
    now = now.plusMillis(100);
    return lane.wake(now);
  }

  @Test
  void anUndecryptableMessageMakesOneRequest_C14() throws Exception {
    lane.use(Optional.of("1"), now);
    assertThat(lane.wanted(id(1), 0, false, now))
        .containsExactly(new LaneEffect.WakeAt(now.plusMillis(100)));
    assertThat(lane.wake(now.plusMillis(100))).containsExactly(ask(1));
    assertThat(lane.answered(id(1), LaneAnswer.IMPORTED, now)).isEmpty();
    assertThat(lane.waitingKeys()).isZero();
  }

  @Test
  void laneOnceForTheSameKey_C17() throws Exception {
    assertThat(wantedAndWaited(1, 1, 1, 2)).containsExactlyInAnyOrder(ask(1), ask(2));
    assertThat(lane.wanted(id(1), 0, true, now)).isEmpty();
  }

  @Test
  void laneBackoffOfAKeyThatIsNotThere_C15_C18() throws Exception {
    assertThat(wantedAndWaited(1)).containsExactly(ask(1));
    lane.answered(id(1), LaneAnswer.NOT_THERE, now);
    for (long seconds : new long[] {60, 120, 240, 480, 960, 1_920, 3_600, 3_600}) {
      lane.wanted(id(1), 0, false, now);
      assertThat(lane.wake(now.plusSeconds(seconds).minusMillis(1))).doesNotContain(ask(1));
      now = now.plusSeconds(seconds);
      assertThat(lane.wake(now)).containsExactly(ask(1));
      lane.answered(id(1), LaneAnswer.NOT_THERE, now);
    }
    assertThat(wantedAndWaited(2)).contains(ask(2)); // others go on
    lane.wanted(id(1), 0, false, now);
    lane.backupChanged();
    assertThat(lane.wake(now.plusMillis(100))).contains(ask(1));
  }

  @Test
  void laneBackoffOfAFailureDoesNotHoldUpOthers_C22_ours() throws Exception {
    assertThat(wantedAndWaited(1)).containsExactly(ask(1));
    assertThat(lane.answered(id(1), LaneAnswer.FAILED, now))
        .containsExactly(new LaneEffect.WakeAt(now.plusSeconds(5)));
    assertThat(wantedAndWaited(2)).contains(ask(2));
    now = START.plusSeconds(6);
    assertThat(lane.wake(now)).containsExactly(ask(1));
    assertThat(lane.answered(id(1), LaneAnswer.FAILED, now))
        .containsExactly(new LaneEffect.WakeAt(now.plusSeconds(10)));
    lane.arrived(id(1));
    assertThat(lane.wake(now.plusSeconds(10))).isEmpty();
  }

  @Test
  void lane429StopsTheWholeLane_C22() throws Exception {
    assertThat(wantedAndWaited(1)).containsExactly(ask(1));
    assertThat(lane.rateLimited(id(1), Duration.ofSeconds(30), now))
        .containsExactly(new LaneEffect.WakeAt(now.plusSeconds(30)));
    lane.wanted(id(2), 0, true, now);
    assertThat(lane.wake(now.plusSeconds(29))).doesNotContain(ask(1), ask(2));
    assertThat(lane.wake(now.plusSeconds(30))).contains(ask(1), ask(2));
  }

  @Test
  void laneLaterIndexIsAskedForToo_C39() throws Exception {
    held.put(id(1), 7L);
    lane.use(Optional.of("1"), now);
    lane.wanted(id(1), 7, false, now);
    assertThat(lane.wake(now.plusMillis(100))).isEmpty();
    lane.wanted(id(1), 6, false, now.plusSeconds(1));
    assertThat(lane.wake(now.plusSeconds(2))).containsExactly(ask(1));
  }

  @Test
  void laneSpoolBeforeTheServer() throws Exception {
    fetched.put(id(1), "{}");
    assertThat(wantedAndWaited(1)).containsExactly(new LaneEffect.Import(id(1), "{}"));
  }

  @Test
  void laneReadyKeepsTheQueueUntilThen_C20_C21_C44() throws Exception {
    lane.wanted(id(1), 0, false, now);
    lane.wanted(id(2), 0, false, now);
    now = now.plusMillis(100);
    assertThat(lane.wake(now)).isEmpty();
    assertThat(lane.waitingKeys()).isEqualTo(2);
    assertThat(lane.use(Optional.of("1"), now)).containsExactlyInAnyOrder(ask(1), ask(2));
  }

  @Test
  void laneReadyUnderAnotherVersion_C16() throws Exception {
    wantedAndWaited(1);
    lane.answered(id(1), LaneAnswer.NOT_THERE, now);
    lane.wanted(id(1), 0, false, now);
    now = now.plusSeconds(1);
    assertThat(lane.use(Optional.of("2"), now)).containsExactly(new LaneEffect.Ask("2", id(1)));
  }

  @Test
  void laneOrderVisibleFirstThenNewestAndFourAtOnce() throws Exception {
    lane.use(Optional.of("1"), now);
    for (int session = 0; session < 6; session++) {
      lane.wanted(id(session), 0, session == 2, now);
    }
    now = now.plusMillis(100);
    assertThat(lane.wake(now)).containsExactly(ask(2), ask(5), ask(4), ask(3));
    assertThat(lane.answered(id(2), LaneAnswer.IMPORTED, now)).containsExactly(ask(1));
  }

  @Test
  void laneBackoffOfADamagedEntryHoldsUpNothing() throws Exception {
    wantedAndWaited(1);
    assertThat(lane.answered(id(1), LaneAnswer.DAMAGED, now)).isEmpty();
    lane.wanted(id(2), 0, false, now);
    lane.wanted(id(1), 0, false, now);
    now = now.plusSeconds(59);
    assertThat(lane.wake(now)).contains(ask(2)).doesNotContain(ask(1));
    now = now.plusSeconds(1);
    assertThat(lane.wake(now)).contains(ask(1)); // control: it may have been replaced
  }

  @Test
  void laneOrderFollowsWhereTheUserLooksNow() throws Exception {
    RoomKeyId other = new RoomKeyId("!other:example.org", "session");
    lane.wanted(other, 0, true, now);
    lane.wanted(id(1), 0, false, now);
    now = now.plusMillis(100);
    lane.lookingAt(Set.of(id(1).roomId()));
    assertThat(lane.use(Optional.of("1"), now))
        .containsExactly(ask(1), new LaneEffect.Ask("1", other));
  }

  @Test
  void laneStopImportsNothingMore_C19() throws Exception {
    wantedAndWaited(1);
    assertThat(lane.isAsking(id(1))).isTrue();
    lane.stop();
    assertThat(lane.isAsking(id(1))).isFalse();
    assertThat(lane.answered(id(1), LaneAnswer.IMPORTED, now)).isEmpty();
    assertThat(lane.wake(now.plusSeconds(9))).isEmpty();
  }

  @Test
  void laneBoundDropsTheOldestThatNobodyLooksAt() throws Exception {
    lane.wanted(id(0), 0, true, now);
    for (int session = 1; session <= MissingKeyLane.MAX_WAITING - 1; session++) {
      lane.wanted(id(session), 0, false, now);
    }
    assertThat(lane.waitingKeys()).isEqualTo(MissingKeyLane.MAX_WAITING);
    lane.wanted(id(9_999), 0, false, now);
    assertThat(lane.waitingKeys()).isEqualTo(MissingKeyLane.MAX_WAITING);
    Set<LaneEffect> asked = new HashSet<>();
    now = now.plusSeconds(1);
    asked.addAll(lane.use(Optional.of("1"), now));
    assertThat(asked).contains(ask(0), ask(9_999)).doesNotContain(ask(1));
  }

  @Test
  void laneReasonForTheUser_C23() {
    assertThat(OldMessage.reason(true, false, false)).isEqualTo(OldMessage.NO_BACKUP);
    assertThat(OldMessage.reason(true, true, false)).isEqualTo(OldMessage.BACKUP_NOT_SET_UP);
    assertThat(OldMessage.reason(true, true, true)).isEqualTo(OldMessage.KEY_NOT_THERE);
    assertThat(OldMessage.reason(false, true, true)).isEqualTo(OldMessage.NOT_A_MEMBER);
  }
}
