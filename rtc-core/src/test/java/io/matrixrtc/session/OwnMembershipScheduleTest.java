package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Random schedules of the own membership, and a broken variant for each rule. */
class OwnMembershipScheduleTest {
  private static final UnaryOperator<RoomStatePublisher> HONEST = publisher -> publisher;

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
    Duration[] longest = {Duration.ZERO};
    int[] busiest = {0};
    Cases.run(
        "own membership, delayed events",
        25,
        250,
        (seed, random) -> {
          RandomSchedule schedule = new RandomSchedule(random, variant(random, true));
          schedule.run(Duration.ofMinutes(random.nextInt(10, 150)));
          if (schedule.longestGhost.compareTo(longest[0]) > 0) {
            longest[0] = schedule.longestGhost;
          }
          schedule.devices.forEach(
              device -> busiest[0] = Math.max(busiest[0], device.network.busiestMinute));
          assertThat(schedule.breaches).isEmpty();
        });
    System.out.println("longest ghost " + longest[0] + ", busiest minute " + busiest[0]);
  }

  @Test
  void ownGhostDoubleBusyHoldInRandomSchedulesWithoutDelayedEvents() {
    Duration[] longest = {Duration.ZERO};
    int[] busiest = {0};
    Cases.run(
        "own membership, no delayed events",
        25,
        250,
        (seed, random) -> {
          RandomSchedule.Variant variant = variant(random, false);
          RandomSchedule schedule = new RandomSchedule(random, variant);
          schedule.run(variant.timing().expires().multipliedBy(2).plusMinutes(10));
          if (schedule.longestGhost.compareTo(longest[0]) > 0) {
            longest[0] = schedule.longestGhost;
          }
          schedule.devices.forEach(
              device -> busiest[0] = Math.max(busiest[0], device.network.busiestMinute));
          assertThat(schedule.breaches).isEmpty();
        });
    System.out.println("longest ghost " + longest[0] + ", busiest minute " + busiest[0]);
  }
}
