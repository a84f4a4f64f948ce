package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of the own membership under failures, rate limits, restarts and clock jumps. For
 * each of the rules there is a device that breaks it, which must be noticed.
 */
class OwnMembershipScheduleTest {
  private static final UnaryOperator<RoomStatePublisher> HONEST = publisher -> publisher;
  private static final int SEEDS_TO_NOTICE = 5;

  private static RandomSchedule.Variant variant(SplittableRandom random, boolean delayedEvents) {
    MembershipTiming timing =
        random.nextBoolean() ? MembershipTiming.DEFAULTS : MembershipTiming.ELEMENT_CALL;
    if (!delayedEvents) {
      Duration[] lifetimes = {Duration.ofMinutes(10), Duration.ofMinutes(90), Duration.ofHours(4)};
      timing = timing.withExpires(lifetimes[random.nextInt(3)]);
    }
    return new RandomSchedule.Variant(delayedEvents, random.nextBoolean(), timing, HONEST);
  }

  @Test
  void ownGhostDoubleBusyHoldInRandomSchedulesWithDelayedEvents() {
    Cases.run(
        "own membership, delayed events",
        5,
        250,
        (seed, random) -> {
          RandomSchedule schedule = new RandomSchedule(random, variant(random, true));
          schedule.run(Duration.ofMinutes(random.nextInt(10, 150)));
          assertThat(schedule.breaches).isEmpty();
        });
  }

  @Test
  void ownGhostDoubleBusyHoldInRandomSchedulesWithoutDelayedEvents() {
    Cases.run(
        "own membership, no delayed events",
        5,
        250,
        (seed, random) -> {
          RandomSchedule.Variant variant = variant(random, false);
          RandomSchedule schedule = new RandomSchedule(random, variant);
          schedule.run(variant.timing().expires().multipliedBy(2).plusMinutes(10));
          assertThat(schedule.breaches).isEmpty();
        });
  }

  /** Passes everything on; tests override what shall go wrong. */
  private static class Wrapped implements RoomStatePublisher {
    final RoomStatePublisher to;

    Wrapped(RoomStatePublisher to) {
      this.to = to;
    }

    @Override
    public CompletionStage<PublishOutcome> putState(
        String eventType, String stateKey, ObjectNode content) {
      return to.putState(eventType, stateKey, content);
    }

    @Override
    public CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
      return to.sendMessage(event);
    }

    @Override
    public CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
      return to.schedule(event, delay);
    }

    @Override
    public CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
      return to.updateDelayed(id, action);
    }
  }

  private static void assertNoticed(String breach, UnaryOperator<RoomStatePublisher> broken) {
    int noticed = 0;
    for (int seed = 0; seed < SEEDS_TO_NOTICE; seed++) {
      RandomSchedule schedule =
          new RandomSchedule(
              new SplittableRandom(seed),
              new RandomSchedule.Variant(true, false, MembershipTiming.DEFAULTS, broken));
      schedule.run(Duration.ofMinutes(60));
      noticed += schedule.breaches.stream().anyMatch(text -> text.startsWith(breach)) ? 1 : 0;
    }
    assertThat(noticed).as("schedules of %s where it shows", SEEDS_TO_NOTICE).isPositive();
  }

  @Test
  void ownGhostIsNoticedWhereTheLeaveIsOnlySaidToBeScheduled() {
    assertNoticed(
        "GHOST",
        publisher ->
            new Wrapped(publisher) {
              @Override
              public CompletionStage<ScheduleOutcome> schedule(
                  OutgoingEvent event, Duration delay) {
                return CompletableFuture.completedFuture(
                    new ScheduleOutcome.Scheduled(new DelayId("none")));
              }

              @Override
              public CompletionStage<DelayedUpdateOutcome> updateDelayed(
                  DelayId id, DelayedAction action) {
                return CompletableFuture.completedFuture(
                    action == DelayedAction.SEND
                        ? new DelayedUpdateOutcome.NotFound()
                        : new DelayedUpdateOutcome.Done());
              }
            });
  }

  @Test
  void ownDoubleIsNoticedWhereAMembershipIsPublishedUnderTwoKeys() {
    assertNoticed(
        "DOUBLE",
        publisher ->
            new Wrapped(publisher) {
              @Override
              public CompletionStage<PublishOutcome> putState(
                  String eventType, String stateKey, ObjectNode content) {
                to.putState(eventType, stateKey + "_2", content);
                return to.putState(eventType, stateKey, content);
              }
            });
  }

  @Test
  void ownBusyIsNoticedWhereEachRequestIsMadeTenTimes() {
    assertNoticed(
        "BUSY",
        publisher ->
            new Wrapped(publisher) {
              @Override
              public CompletionStage<DelayedUpdateOutcome> updateDelayed(
                  DelayId id, DelayedAction action) {
                for (int i = 1; i < 10; i++) {
                  to.updateDelayed(id, action);
                }
                return to.updateDelayed(id, action);
              }
            });
  }

  @Test
  void ownSettledIsNoticedWhereAJoinIsOnlySaidToBePublished() {
    assertNoticed(
        "SETTLED",
        publisher ->
            new Wrapped(publisher) {
              @Override
              public CompletionStage<PublishOutcome> putState(
                  String eventType, String stateKey, ObjectNode content) {
                return CompletableFuture.completedFuture(new PublishOutcome.Published("$none"));
              }
            });
  }
}
