package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.session.DelayedUpdateOutcome.NotFound;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The leave that the server sends for a device that fell silent. */
class DelayedLeaveTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration RESTART = Duration.ofSeconds(5);
  private final OwnCore own = OwnCore.delayed(OwnCore.settings());

  private static ScheduleOutcome unreachable() {
    return new ScheduleOutcome.Unreachable("offline");
  }

  private static DelayedUpdateOutcome lost() {
    return new DelayedUpdateOutcome.Unreachable("offline");
  }

  private void joined() {
    own.join();
    own.arm("d1");
    own.succeed();
    own.done();
    own.seen(own.now);
  }

  @Test
  void mm1NothingHappensBeforeTheJoin() {
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(own.core.nextWakeup()).isEmpty();
    own.join();
    assertThat(own.status()).isEqualTo(Status.CONNECTING);
    assertThat(own.scheduled).hasSize(1);
  }

  @Test
  void mm2Mm8TheLeaveIsScheduledOnceBeforeTheJoin() {
    own.join();
    assertThat(own.published).isEmpty();
    assertThat(own.scheduled).hasSize(1);
    OwnMembershipEffect.Schedule schedule = own.scheduled.get(0);
    assertThat(schedule.delay()).isEqualTo(Duration.ofSeconds(8));
    assertThat(schedule.event().content()).isEmpty();
    own.arm("d1");
    assertThat(own.published).hasSize(1);
    assertThat(((OutgoingEvent.State) schedule.event()).stateKey()).isEqualTo(own.stateKey());
    own.succeed();
    assertThat(own.scheduled).hasSize(1);
    OwnCore other = OwnCore.delayed(OwnCore.settings().withTiming(MembershipTiming.ELEMENT_CALL));
    other.join();
    assertThat(other.scheduled.get(0).delay()).isEqualTo(Duration.ofSeconds(18));
  }

  @Test
  void mm3ACustomCallIdIsInTheKeyOfTheDelayedLeave() {
    OwnCore custom = OwnCore.delayed(OwnCore.settings().withSlot(new SlotId("m.call", "custom")));
    custom.join();
    assertThat(((OutgoingEvent.State) custom.scheduled.get(0).event()).stateKey())
        .isEqualTo("_@alice:example.org_AAAAAAA_m.callcustom");
  }

  @Test
  void mm4ADelayedLeaveThatTheJoinCancelledIsScheduledAgain() {
    own.join();
    own.arm("d1");
    own.succeed();
    own.assertUpdate(1, DelayedAction.RESTART, "d1");
    own.answer(new NotFound());
    assertThat(own.scheduled).hasSize(2);
    own.arm("d2");
    assertThat(own.published).hasSize(1);
    assertThat(own.core.delayId()).contains(new DelayId("d2"));
    assertThat(own.untilNextRequest()).isLessThanOrEqualTo(RESTART);
    own.assertUpdate(2, DelayedAction.RESTART, "d2");
  }

  @Test
  void mm5ATooLongDelayIsLoweredToWhatTheServerAllows() {
    own.join();
    own.answer(new ScheduleOutcome.TooLong(Optional.of(Duration.ofMillis(7_500))));
    assertThat(own.scheduled).hasSize(2);
    assertThat(own.scheduled.get(1).delay()).isEqualTo(Duration.ofMillis(7_500));
    own.answer(new ScheduleOutcome.RateLimited(Optional.empty()));
    assertThat(own.untilNextRequest()).isEqualTo(Duration.ofSeconds(5));
    own.answer(new ScheduleOutcome.RateLimited(Optional.of(SECOND)));
    assertThat(own.untilNextRequest()).isEqualTo(SECOND);
    assertThat(own.scheduled).hasSize(4).last().extracting("delay").hasToString("PT7.5S");
    own.arm("d1");
    own.succeed();
    own.assertUpdate(1, DelayedAction.RESTART, "d1");
    own.done();
    assertThat(own.untilNextRequest()).isBetween(Duration.ofMillis(3_700), RESTART);
  }

  @Test
  void ownTooLongARefusalWithoutALimitIsTriedOnceWithTheShortestDelay_ours() {
    own.join();
    own.answer(new ScheduleOutcome.TooLong(Optional.empty()));
    assertThat(own.scheduled).hasSize(2);
    assertThat(own.scheduled.get(1).delay()).isEqualTo(Duration.ofSeconds(5));
    own.answer(new ScheduleOutcome.TooLong(Optional.empty()));
    assertThat(own.scheduled).hasSize(2);
    assertThat(own.published).as("joins without").hasSize(1);
    assertThat(own.events(OwnMembershipEvent.NoDeadManSwitch.class)).hasSize(1);
  }

  @Test
  void ownTooLongLimitsThatAreOfNoUseEndTheTries_ours() {
    for (long millis : new long[] {8_000, 9_000, 999, 0}) {
      OwnCore core = OwnCore.delayed(OwnCore.settings());
      core.join();
      core.answer(new ScheduleOutcome.TooLong(Optional.of(Duration.ofMillis(millis))));
      assertThat(core.scheduled).as("limit %s", millis).hasSize(1);
      assertThat(core.published).hasSize(1);
    }
    OwnCore core = OwnCore.delayed(OwnCore.settings());
    core.join();
    core.answer(new ScheduleOutcome.TooLong(Optional.of(SECOND)));
    core.arm("d1");
    core.succeed();
    core.done();
    assertThat(core.untilNextRequest()).isBetween(Duration.ofMillis(499), Duration.ofMillis(625));
  }

  @Test
  void mm7Mm27WithoutDelayedEventsItJoinsWithoutAndDoesNotAskAgain() {
    own.join();
    own.answer(new ScheduleOutcome.Unsupported("no MSC4140"));
    assertThat(own.published).hasSize(1);
    own.succeed();
    own.seen(own.now);
    own.pass(Duration.ofMinutes(59));
    assertThat(own.scheduled).hasSize(1);
    assertThat(own.events(OwnMembershipEvent.NoDeadManSwitch.class))
        .containsExactly(new OwnMembershipEvent.NoDeadManSwitch("no MSC4140"));
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void mm27AnOddRefusalIsToldAndTriedAgainLater_ours() {
    own.join();
    own.answer(new ScheduleOutcome.Rejected("M_ODD", "why"));
    assertThat(own.published).hasSize(1);
    own.succeed();
    own.seen(own.now);
    assertThat(own.events(OwnMembershipEvent.NoDeadManSwitch.class)).hasSize(1);
    assertThat(own.untilNextRequest()).isEqualTo(Duration.ofMinutes(5));
    own.arm("d1");
    assertThat(own.core.delayId()).isPresent();
    assertThat(own.published).hasSize(1);
  }

  @Test
  void mm7Mm22ARateLimitedScheduleIsTriedAgainAsTold() {
    own.join();
    own.answer(new ScheduleOutcome.RateLimited(Optional.of(SECOND)));
    assertThat(own.untilNextRequest()).isEqualTo(SECOND);
    own.arm("d1");
    assertThat(own.published).hasSize(1);
  }

  @Test
  void mm9ALeaveSeenWhileSchedulingAgainLeadsToAJoin() {
    joined();
    own.untilNextRequest();
    own.answer(new NotFound());
    assertThat(own.scheduled).hasSize(2);
    own.gone();
    assertThat(own.published).as("first the leave, then the join").hasSize(1);
    own.arm("d2");
    assertThat(own.published).hasSize(2);
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void mm12ALeaveSendsTheDelayedOne() {
    joined();
    int before = own.updated.size();
    own.leave();
    own.assertUpdate(before + 1, DelayedAction.SEND, "d1");
    own.done();
    assertThat(own.published).hasSize(1);
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(own.core.delayId()).isEmpty();
    assertThat(own.core.nextWakeup()).isEmpty();
  }

  @Test
  void mm13Mm14OwnLeaveWhateverKeepsTheDelayedLeaveFromBeingSentAPlainOneFollows_ours() {
    List<DelayedUpdateOutcome> outcomes =
        List.of(
            new DelayedUpdateOutcome.Unsupported("no"), // upstream sends no leave then
            new DelayedUpdateOutcome.Rejected("M_ODD", "why"), // MM-13
            lost(),
            new NotFound()); // MM-14
    for (DelayedUpdateOutcome outcome : outcomes) {
      OwnCore core = OwnCore.delayed(OwnCore.settings());
      core.join();
      core.arm("d1");
      core.succeed();
      core.done();
      core.leave();
      int updates = core.updated.size();
      core.answer(outcome);
      assertThat(core.published).as("%s", outcome).hasSize(2);
      assertThat(core.content()).isEmpty();
      core.succeed();
      assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
      assertThat(core.core.delayId()).isEmpty();
      if (outcome instanceof NotFound) {
        assertThat(core.updated).hasSize(updates);
      } else {
        core.assertUpdate(updates + 1, DelayedAction.CANCEL, "d1");
      }
    }
  }

  @Test
  void ownLeaveARateLimitIsWaitedOut() {
    joined();
    own.leave();
    own.answer(new DelayedUpdateOutcome.RateLimited(Optional.of(SECOND)));
    assertThat(own.untilNextRequest()).isEqualTo(SECOND);
    assertThat(own.content()).isEmpty();
  }

  @Test
  void ownLeaveADelayedLeaveThatIsNotAnsweredIsNotWaitedFor_ours() {
    joined();
    own.leave();
    assertThat(own.untilNextRequest()).isEqualTo(Duration.ofSeconds(2));
    assertThat(own.content()).isEmpty();
    own.done();
    assertThat(own.status()).as("a late answer changes nothing").isEqualTo(Status.DISCONNECTING);
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
  }

  @Test
  void ownLeaveWhenAllFailsTheDelayedLeaveIsLeftToTheServer_ours() {
    joined();
    own.leave();
    own.answer(lost());
    int updates = own.updated.size();
    for (int i = 0; i <= 10; i++) {
      own.answer(new PublishOutcome.Unreachable("offline"));
      own.pass(Duration.ofSeconds(30));
    }
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    assertThat(own.updated).as("neither restarted nor cancelled").hasSize(updates);
    own.join();
    own.assertUpdate(updates + 1, DelayedAction.RESTART, "d1");
    int published = own.published.size();
    own.answer(new NotFound());
    assertThat(own.scheduled).hasSize(2);
    assertThat(own.published).as("not before a leave is scheduled").hasSize(published);
    own.arm("d2");
    assertThat(own.published).hasSize(published + 1);
  }

  @Test
  void ownArmedAJoinDuringALeaveKeepsTheDelayedLeaveOfBefore_ours() {
    joined();
    own.update(OwnCore.REQUEST.withIntent("video"));
    own.untilNextRequest();
    int updates = own.updated.size();
    own.leave();
    own.join();
    own.answer(new PublishOutcome.Unreachable("lost"));
    own.assertUpdate(updates + 1, DelayedAction.RESTART, "d1");
    own.done();
    assertThat(own.scheduled).hasSize(1);
    assertThat(own.content().path("m.call.intent").asText()).isEqualTo("audio");
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void mm24ALeaveWhileTheLeaveIsBeingScheduledCancelsIt_ours() {
    own.join();
    own.leave();
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    own.arm("d1");
    own.assertUpdate(1, DelayedAction.CANCEL, "d1");
    assertThat(own.published).isEmpty();
    assertThat(own.core.delayId()).isEmpty();
  }

  @Test
  void mm24ALeaveEndsTheTriesToSchedule() {
    own.join();
    own.answer(new ScheduleOutcome.RateLimited(Optional.empty()));
    own.leave();
    assertThat(own.status()).isEqualTo(Status.DISCONNECTED);
    own.pass(Duration.ofMinutes(5));
    assertThat(own.scheduled).hasSize(1);
    assertThat(own.published).isEmpty();
  }

  @Test
  void mm16AMembershipThatIsThereCausesNothing() {
    joined();
    own.seen(own.now);
    assertThat(own.published).hasSize(1);
    assertThat(own.scheduled).hasSize(1);
  }

  @Test
  void mm17Mm18AMembershipThatIsGoneIsJoinedAnewOnceTheLeaveIsKnownToBeScheduled() {
    joined();
    own.pass(SECOND);
    int updates = own.updated.size();
    own.gone();
    own.assertUpdate(updates + 1, DelayedAction.RESTART, "d1");
    assertThat(own.published).hasSize(1);
    own.answer(new NotFound());
    assertThat(own.scheduled).hasSize(2);
    own.arm("d2");
    assertThat(own.published).hasSize(2);
    assertThat(own.content().has("created_ts")).isFalse();
    own.succeed();
    own.assertUpdate(updates + 2, DelayedAction.RESTART, "d2");
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void mm19TheLeaveIsRestartedOncePerIntervalWithJitter_ours() {
    joined();
    Instant start = own.now;
    for (int i = 1; i <= 12; i++) {
      int before = own.updated.size();
      Duration wait = own.untilNextRequest();
      assertThat(wait).isBetween(Duration.ofSeconds(4), RESTART);
      own.assertUpdate(before + 1, DelayedAction.RESTART, "d1");
      own.done();
    }
    assertThat(Duration.between(start, own.now))
        .isBetween(RESTART.multipliedBy(10), RESTART.multipliedBy(12));
    OwnCore other =
        OwnCore.delayed(SessionSettings.roomCall("!other:example.org", "11", OwnCore.OWN));
    other.join();
    other.arm("d1");
    other.succeed();
    other.done();
    OwnCore again = OwnCore.delayed(OwnCore.settings());
    again.join();
    again.arm("d1");
    again.succeed();
    again.done();
    assertThat(other.untilNextRequest()).as("jitter").isNotEqualTo(again.untilNextRequest());
  }

  @Test
  void mm23ALossWhileARetryWaitsLeadsToOneJoin() {
    joined();
    own.untilNextRequest();
    own.answer(new NotFound());
    own.answer(unreachable());
    own.gone();
    own.gone();
    assertThat(own.scheduled).hasSize(2);
    assertThat(own.untilNextRequest()).isEqualTo(SECOND);
    own.arm("d2");
    own.gone();
    assertThat(own.published).hasSize(2);
    own.succeed();
    own.seen(own.now);
    assertThat(own.published).hasSize(2);
  }

  @Test
  void mm25TheFirstRestartIsRepeatedOnARateLimit() {
    own.join();
    own.arm("d1");
    own.succeed();
    own.answer(new DelayedUpdateOutcome.RateLimited(Optional.of(SECOND)));
    assertThat(own.untilNextRequest()).isEqualTo(SECOND);
    own.assertUpdate(2, DelayedAction.RESTART, "d1");
    own.answer(new DelayedUpdateOutcome.RateLimited(Optional.of(Duration.ZERO)));
    assertThat(own.untilNextRequest()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
  }

  @Test
  void mm26Mm28SchedulingThatKeepsFailingBeforeTheJoinIsFinal() {
    for (ScheduleOutcome outcome :
        List.of(unreachable(), new ScheduleOutcome.RateLimited(Optional.empty()))) {
      OwnCore core = OwnCore.delayed(OwnCore.settings());
      core.join();
      for (int i = 0; i < 10; i++) {
        core.answer(outcome);
        core.untilNextRequest();
      }
      assertThat(core.scheduled).hasSize(11);
      core.answer(outcome);
      assertThat(core.events(OwnMembershipEvent.JoinFailed.class)).hasSize(1);
      assertThat(core.published).isEmpty();
      assertThat(core.status()).isEqualTo(Status.DISCONNECTED);
    }
  }

  @Test
  void mm26RestartsThatKeepFailingAreNotFatal_ours() {
    joined();
    for (int i = 0; i < 60; i++) {
      own.untilNextRequest();
      own.answer(i % 2 == 0 ? lost() : new DelayedUpdateOutcome.RateLimited(Optional.empty()));
    }
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
    assertThat(own.core.isProbablyLeft()).isTrue();
    assertThat(own.published).hasSize(1);
  }

  @Test
  void mm29ProbablyLeftIsTrueWhenTheDelayRanOutWithRestartsUnanswered() {
    OwnCore core =
        OwnCore.delayed(
            OwnCore.settings()
                .withTiming(
                    MembershipTiming.DEFAULTS.with(
                        new MembershipTiming.DeadMan(
                            Duration.ofSeconds(10), RESTART, Duration.ofSeconds(2), RESTART))));
    core.join();
    core.arm("d1");
    core.succeed();
    core.done();
    core.seen(core.now);
    Instant start = core.now;
    Duration first = core.untilNextRequest();
    assertThat(first).isBetween(Duration.ofSeconds(4), RESTART);
    assertThat(core.untilNextRequest()).isEqualTo(Duration.ofSeconds(2));
    assertThat(core.untilNextRequest()).isEqualTo(Duration.ofSeconds(2));
    assertThat(core.probablyLeft()).isEmpty();
    core.pass(Duration.between(core.now, start.plusSeconds(10)).minusMillis(1));
    assertThat(core.probablyLeft()).isEmpty();
    core.pass(Duration.ofMillis(1));
    assertThat(core.probablyLeft()).containsExactly(true);
    assertThat(core.core.isProbablyLeft()).isTrue();

    core.untilNextRequest();
    core.answer(new NotFound());
    core.arm("d2");
    core.succeed();
    assertThat(core.probablyLeft()).containsExactly(true, false);
    assertThat(core.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void mm29ProbablyLeftEndsWhenARestartGetsThroughAfterAll() {
    joined();
    own.untilNextRequest();
    own.answer(lost());
    own.pass(Duration.ofSeconds(20));
    assertThat(own.probablyLeft()).containsExactly(true);
    own.untilNextRequest();
    own.done();
    assertThat(own.probablyLeft()).containsExactly(true, false);
    assertThat(own.published).hasSize(1);
  }

  @Test
  void ownFiredALeaveThatWasSentLeadsToAJoinWithoutWaitingForSync_ours() {
    joined();
    own.untilNextRequest();
    own.pass(Duration.ofSeconds(10));
    own.answer(new NotFound());
    assertThat(own.events(OwnMembershipEvent.MembershipLost.class)).hasSize(1);
    assertThat(own.published).as("not before the next leave is scheduled").hasSize(1);
    own.arm("d2");
    assertThat(own.published).hasSize(2);
    assertThat(own.content().has("created_ts")).isFalse();
    own.succeed();
    assertThat(own.events(OwnMembershipEvent.MembershipRestored.class)).hasSize(1);
    own.gone();
    assertThat(own.published).as("sync shows the leave late").hasSize(2);
  }

  @Test
  void ownFiredDuringTheJoinIsJoinedOnceMore_ours() {
    own.join();
    own.arm("d1");
    own.pass(Duration.ofSeconds(9));
    own.answer(new NotFound());
    own.arm("d2");
    own.succeed();
    assertThat(own.status()).as("the leave may have come after it").isEqualTo(Status.CONNECTING);
    own.done();
    own.untilNextRequest();
    assertThat(own.published).hasSize(2);
    own.succeed();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void ownArmedNoRefreshIsSentWhileTheLeaveMayHaveBeenSent_ours() {
    joined();
    while (own.now.isBefore(MemberEvents.T.plus(Duration.ofMinutes(59)))) {
      own.untilNextRequest();
      own.done();
    }
    own.untilNextRequest();
    own.answer(lost());
    own.pass(Duration.ofMinutes(2));
    assertThat(own.published).as("the refresh is due").hasSize(1);
    own.untilNextRequest();
    own.done();
    assertThat(own.published).hasSize(2);
    assertThat(own.content().has("created_ts")).isTrue();
  }

  @Test
  void ownLoopAServerThatSendsTheLeaveAtOnceIsAskedRarely_ours() {
    own.join();
    own.arm("d");
    own.succeed();
    Instant start = own.now;
    int scheduled = 1;
    int updated = 0;
    int published = 1;
    while (own.now.isBefore(start.plusSeconds(600))) {
      if (own.updated.size() > updated) {
        updated = own.updated.size();
        own.answer(new NotFound());
        own.gone();
      } else if (own.scheduled.size() > scheduled) {
        scheduled = own.scheduled.size();
        own.arm("d" + scheduled);
      } else if (own.published.size() > published) {
        published = own.published.size();
        own.succeed();
        own.seen(own.now);
      } else {
        own.pass(SECOND);
      }
    }
    assertThat(own.published.size() + own.scheduled.size() + own.updated.size()).isLessThan(150);
    assertThat(own.events(OwnMembershipEvent.NoDeadManSwitch.class)).isNotEmpty();
    assertThat(own.status()).isEqualTo(Status.CONNECTED);
  }

  @Test
  void ownRestartUnsupportedIsToldAndSchedulesNothingAgain_ours() {
    joined();
    own.untilNextRequest();
    own.answer(new DelayedUpdateOutcome.Unsupported("no"));
    assertThat(own.events(OwnMembershipEvent.NoDeadManSwitch.class)).hasSize(1);
    own.pass(Duration.ofMinutes(5));
    assertThat(own.scheduled).hasSize(1);
    own.gone();
    assertThat(own.published).as("when the server has sent the leave").hasSize(2);
  }

  @Test
  void ownLateALateAnswerToARestartCounts_ours() {
    joined();
    own.untilNextRequest();
    OwnMembershipEffect.Update slow = own.lastUpdate();
    own.pass(Duration.ofMillis(2_500));
    assertThat(own.lastUpdate()).as("repeated meanwhile").isNotEqualTo(slow);
    own.take(own.core.onUpdated(slow.id(), new DelayedUpdateOutcome.Done(), own.now));
    own.pass(Duration.ofSeconds(5));
    assertThat(own.probablyLeft()).isEmpty();
    own.pass(Duration.ofSeconds(5));
    assertThat(own.probablyLeft()).as("control").containsExactly(true);
    own.take(own.core.onUpdated(slow.id(), new DelayedUpdateOutcome.Done(), own.now));
    assertThat(own.probablyLeft()).as("each answer counts once").containsExactly(true);
  }

  @Test
  void ownUnseenAMembershipThatSyncNeverShowsIsJoinedAnew_ours() {
    own.join();
    own.arm("d1");
    own.succeed();
    own.done();
    own.gone();
    while (own.now.isBefore(MemberEvents.T.plusSeconds(26))) {
      own.untilNextRequest();
      own.done();
    }
    assertThat(own.published).hasSize(1);
    own.pass(Duration.ofSeconds(5));
    own.done();
    assertThat(own.published).hasSize(2);
  }

  @Test
  void ownClockAClockThatIsSetBackDelaysNoRestart_ours() {
    joined();
    for (int i = 0; i < 5; i++) {
      own.now = own.now.minus(Duration.ofHours(3));
      own.gone(); // any input
      own.seen(own.now);
      assertThat(own.untilNextRequest()).isLessThanOrEqualTo(RESTART);
      own.done();
    }
    assertThat(own.probablyLeft()).isEmpty();
  }

  @Test
  void theDelayIdIsASecret() {
    assertThat(new DelayId("hunter2")).hasToString("DelayId[7 chars]");
    joined();
    assertThat(own.events.toString()).doesNotContain("d1");
    assertThat(own.updated.toString()).doesNotContain("d1");
  }

  @Test
  void anotherTimingMustLeaveTimeForARestart() {
    assertThatThrownBy(() -> new MembershipTiming.DeadMan(RESTART, RESTART, SECOND, SECOND))
        .isInstanceOf(IllegalArgumentException.class);
    for (MembershipTiming timing :
        List.of(
            MembershipTiming.DEFAULTS, MembershipTiming.ELEMENT_CALL, MembershipTiming.DELEGATED)) {
      assertThat(timing.deadMan().restart()).isLessThan(timing.deadMan().delay());
    }
  }
}
