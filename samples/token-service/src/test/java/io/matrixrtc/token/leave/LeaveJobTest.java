package io.matrixrtc.token.leave;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.token.federation.DelayedEventResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Delegated leaves in virtual time. */
class LeaveJobTest {
  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
  private static final DelayedEventResult DONE = new DelayedEventResult.Done();
  private static final DelayedEventResult GONE = new DelayedEventResult.NotFound();
  private static final DelayedEventResult FAILED = new DelayedEventResult.Failed(Optional.empty());

  private Instant now = START;

  private LeaveJob job(Duration delay) {
    return new LeaveJob(delay, Duration.ZERO, new Random(1), START);
  }

  private List<LeaveEffect> take(LeaveJob job, LeaveEvent event) {
    return job.on(event, now);
  }

  /** Sleeps until the job wants to be woken. */
  private List<LeaveEffect> wake(LeaveJob job) {
    now = job.nextWake().orElseThrow();
    return take(job, new LeaveEvent.Tick());
  }

  private static LeaveEvent.Looked saw(LeaveEvent.Presence presence) {
    return new LeaveEvent.Looked(presence);
  }

  @Test
  void aConnectedParticipantsEventIsRestartedAtOnceAndAfter80PercentOfTheDelay_LEAVE_RESTART() {
    LeaveJob job = job(Duration.ofSeconds(10));
    assertThat(take(job, new LeaveEvent.Tick())).containsExactly(LeaveEffect.LOOK_UP);
    assertThat(take(job, new LeaveEvent.Joined())).containsExactly(LeaveEffect.RESTART);
    assertThat(job.state()).isEqualTo(LeaveState.CONNECTED);
    for (int i = 0; i < 5; i++) {
      Instant before = now;
      assertThat(take(job, new LeaveEvent.Restarted(DONE))).isEmpty();
      assertThat(wake(job)).containsExactly(LeaveEffect.RESTART);
      assertThat(Duration.between(before, now)).isEqualTo(Duration.ofSeconds(8));
    }
  }

  @Test
  void aLookAtTheSfuFindsTheParticipantToo_LEAVE_SYNC() {
    LeaveJob job = job(Duration.ofSeconds(10));
    take(job, new LeaveEvent.Tick());
    assertThat(take(job, saw(LeaveEvent.Presence.ABSENT))).isEmpty();
    assertThat(wake(job)).containsExactly(LeaveEffect.LOOK_UP);
    assertThat(take(job, saw(LeaveEvent.Presence.UNKNOWN))).isEmpty();
    assertThat(wake(job)).containsExactly(LeaveEffect.LOOK_UP);
    assertThat(take(job, saw(LeaveEvent.Presence.PRESENT))).containsExactly(LeaveEffect.RESTART);
  }

  @Test
  void whenTheParticipantLeavesTheEventIsSent_LEAVE_SEND() {
    for (boolean intended : new boolean[] {true, false}) {
      LeaveJob job = job(Duration.ofSeconds(10));
      take(job, new LeaveEvent.Joined());
      take(job, new LeaveEvent.Restarted(DONE));
      assertThat(take(job, new LeaveEvent.Left(intended))).containsExactly(LeaveEffect.SEND);
      assertThat(take(job, new LeaveEvent.Sent(DONE))).containsExactly(LeaveEffect.FINISHED);
      assertThat(job.nextWake()).isEmpty();
      assertThat(take(job, new LeaveEvent.Tick())).isEmpty();
    }
  }

  @Test
  void anEventThatIsGoneWasSent_LEAVE_SEND() {
    LeaveJob job = job(Duration.ofSeconds(10));
    take(job, new LeaveEvent.Joined());
    take(job, new LeaveEvent.Left(true));
    assertThat(take(job, new LeaveEvent.Sent(GONE))).containsExactly(LeaveEffect.FINISHED);
  }

  @Test
  void whoNeverComesLeavesAfterTheDelayOrAnHour_LEAVE_HOUR() {
    for (Duration delay : List.of(Duration.ofSeconds(10), Duration.ofHours(3))) {
      now = START;
      LeaveJob job = job(delay);
      take(job, new LeaveEvent.Tick());
      List<LeaveEffect> effects = new ArrayList<>();
      while (effects.isEmpty() || effects.get(0) != LeaveEffect.SEND) {
        take(job, saw(LeaveEvent.Presence.ABSENT));
        effects = wake(job);
      }
      Duration waited = Duration.between(START, now);
      assertThat(waited)
          .isEqualTo(delay.compareTo(LeaveJob.LONGEST) < 0 ? delay : LeaveJob.LONGEST);
    }
  }

  @Test
  void whoseConnectionFailsBeforeItCameIsGivenUp_LEAVE_ABORT() {
    LeaveJob job = job(Duration.ofSeconds(10));
    take(job, new LeaveEvent.Tick());
    assertThat(take(job, new LeaveEvent.Left(true))).as("control: on purpose").isEmpty();
    assertThat(take(job, new LeaveEvent.Left(false))).containsExactly(LeaveEffect.FINISHED);
  }

  @Test
  void anEventThatIsGoneCannotBeRestarted_LEAVE_ABORT() {
    LeaveJob job = job(Duration.ofSeconds(10));
    take(job, new LeaveEvent.Joined());
    assertThat(take(job, new LeaveEvent.Restarted(GONE))).containsExactly(LeaveEffect.FINISHED);
  }

  @Test
  void failuresAreRepeatedUntilTheHomeserverSendsItItself_LEAVE_RETRY() {
    LeaveJob job = job(Duration.ofSeconds(10));
    List<LeaveEffect> effects = take(job, new LeaveEvent.Joined());
    int tries = 0;
    while (!effects.equals(List.of(LeaveEffect.FINISHED))) {
      assertThat(effects).contains(LeaveEffect.RESTART);
      tries++;
      effects = take(job, new LeaveEvent.Restarted(FAILED));
      if (effects.isEmpty()) {
        effects = wake(job);
      }
    }
    assertThat(tries).isBetween(3, 12);
    assertThat(now).isBefore(START.plusSeconds(10));
  }

  @Test
  void aRestartAfterFailuresGoesOn_LEAVE_RETRY() {
    LeaveJob job = job(Duration.ofSeconds(10));
    take(job, new LeaveEvent.Joined());
    take(job, new LeaveEvent.Restarted(FAILED));
    assertThat(wake(job)).contains(LeaveEffect.RESTART);
    take(job, new LeaveEvent.Restarted(DONE));
    assertThat(job.state()).isEqualTo(LeaveState.CONNECTED);
    assertThat(job.nextWake()).contains(now.plusSeconds(8));
  }

  @Test
  void theHomeserversWishToWaitCounts_LEAVE_RETRY() {
    LeaveJob job = job(Duration.ofSeconds(100));
    take(job, new LeaveEvent.Joined());
    take(
        job,
        new LeaveEvent.Restarted(
            new DelayedEventResult.Failed(Optional.of(Duration.ofSeconds(30)))));
    assertThat(job.nextWake()).contains(now.plusSeconds(30));
  }

  @Test
  void aSendIsTriedASecondAtLeast_LEAVE_RETRY() {
    LeaveJob job = job(Duration.ofMillis(100));
    take(job, new LeaveEvent.Tick());
    now = START.plusMillis(100);
    assertThat(take(job, new LeaveEvent.Tick())).contains(LeaveEffect.SEND);
    List<LeaveEffect> effects = take(job, new LeaveEvent.Sent(FAILED));
    if (effects.isEmpty()) { // the first wait is between half a second and one and a half
      assertThat(wake(job)).containsExactly(LeaveEffect.SEND);
    } else {
      assertThat(effects).containsExactly(LeaveEffect.FINISHED);
    }
  }

  @Test
  void aLookBegunBeforeTheJoinDoesNotEndIt_LEAVE_STALE_ours() {
    LeaveJob job = new LeaveJob(Duration.ofHours(1), Duration.ofSeconds(30), new Random(1), START);
    assertThat(take(job, new LeaveEvent.Tick())).containsExactly(LeaveEffect.LOOK_UP);
    take(job, new LeaveEvent.Joined());
    take(job, new LeaveEvent.Restarted(DONE));
    assertThat(take(job, saw(LeaveEvent.Presence.ABSENT))).isEmpty();
    assertThat(job.state()).isEqualTo(LeaveState.CONNECTED);
    assertThat(wake(job)).containsExactly(LeaveEffect.LOOK_UP);
    assertThat(take(job, saw(LeaveEvent.Presence.ABSENT)))
        .as("control: begun after it")
        .containsExactly(LeaveEffect.SEND);
  }

  @Test
  void aMissedWebhookIsFoundByLooking_LEAVE_SANITY() {
    LeaveJob job = new LeaveJob(Duration.ofHours(1), Duration.ofSeconds(30), new Random(1), START);
    take(job, new LeaveEvent.Tick());
    take(job, saw(LeaveEvent.Presence.PRESENT));
    take(job, new LeaveEvent.Restarted(DONE));
    for (LeaveEvent.Presence presence :
        List.of(LeaveEvent.Presence.PRESENT, LeaveEvent.Presence.UNKNOWN)) {
      assertThat(wake(job)).containsExactly(LeaveEffect.LOOK_UP);
      assertThat(take(job, saw(presence))).isEmpty();
    }
    assertThat(wake(job)).containsExactly(LeaveEffect.LOOK_UP);
    assertThat(take(job, saw(LeaveEvent.Presence.ABSENT))).containsExactly(LeaveEffect.SEND);
  }

  /** Whatever comes in whatever order: one action at a time, an end, and no busy loop. */
  @Test
  void anyOrderOfEventsEndsAndNeverLoops_LEAVE_ANY_ORDER() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      now = START;
      LeaveJob job =
          new LeaveJob(
              Duration.ofMillis(1 + random.nextInt(20_000)),
              Duration.ofSeconds(random.nextInt(3)),
              random,
              START);
      int under = 0;
      int looks = 0;
      int finished = 0;
      List<LeaveEffect> effects = take(job, new LeaveEvent.Tick());
      for (int step = 0; step < 400; step++) {
        for (LeaveEffect effect : effects) {
          under += effect == LeaveEffect.RESTART || effect == LeaveEffect.SEND ? 1 : 0;
          looks += effect == LeaveEffect.LOOK_UP ? 1 : 0;
          finished += effect == LeaveEffect.FINISHED ? 1 : 0;
        }
        assertThat(under).as("seed %s", seed).isLessThanOrEqualTo(2); // a restart, then the send
        assertThat(looks).as("seed %s", seed).isLessThanOrEqualTo(1);
        if (finished > 0) {
          break;
        }
        DelayedEventResult result =
            random.nextInt(3) == 0 ? DONE : random.nextBoolean() ? FAILED : GONE;
        int choice = random.nextInt(6);
        if (choice == 0) {
          effects = take(job, new LeaveEvent.Joined());
        } else if (choice == 1 && step > 50) {
          effects = take(job, new LeaveEvent.Left(random.nextBoolean()));
        } else if (choice == 2 && looks > 0) {
          looks--;
          effects = take(job, saw(LeaveEvent.Presence.values()[random.nextInt(3)]));
        } else if (choice == 3 && under > 0) {
          under = 0;
          effects =
              take(
                  job,
                  job.state() == LeaveState.DISCONNECTED
                      ? new LeaveEvent.Sent(result)
                      : new LeaveEvent.Restarted(result));
        } else if (job.nextWake().isPresent()) {
          assertThat(job.nextWake().get()).as("seed %s", seed).isAfter(now);
          effects = wake(job);
        } else {
          effects = List.of();
        }
      }
      assertThat(finished).as("seed %s", seed).isLessThanOrEqualTo(1);
      assertThat(job.state() == LeaveState.ENDED).isEqualTo(finished == 1);
    }
  }
}
