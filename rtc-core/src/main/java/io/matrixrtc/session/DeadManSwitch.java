package io.matrixrtc.session;

import io.matrixrtc.session.MembershipTiming.DeadMan;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a leave scheduled on the server (MSC4140) that is sent when this device falls silent: a
 * part of {@link OwnMembershipCore}, which it tells when a membership may be published, and when
 * the server must have sent the leave. Inputs and time in, effects out.
 */
final class DeadManSwitch {
  /** Between two tries there is at least this. */
  private static final Duration LEAST_WAIT = Duration.ofMillis(500);

  /** Shorter delays than this are of no use. */
  private static final Duration SHORTEST_DELAY = Duration.ofSeconds(1);

  /** As many restarts that are not answered in time may still be answered late. */
  private static final int LATE_ANSWERS = 8;

  /** After a refusal of its own kind it is tried again so late. */
  private static final Duration REFUSED_WAIT = Duration.ofMinutes(5);

  private final MembershipTiming timing;
  private final MembershipWriter writer;
  private final RandomGenerator random;
  private final LongSupplier requests;

  private Phase phase = Phase.OFF;
  private @Nullable DelayId id;
  private Duration delay;
  private Instant expectedLeave = Instant.MAX;
  private Instant dueAt = Instant.EPOCH;
  private Instant sentAt = Instant.EPOCH;
  private long request;
  private final Map<Long, Instant> restarts = new LinkedHashMap<>();
  private int failures;
  private int vanished;
  private boolean shortestTried;
  private boolean dispensable;
  private boolean verified;
  private boolean doubtful;
  private boolean fired;
  private @Nullable OutgoingEvent unanswered;

  private enum Phase {
    OFF,
    WANTED,
    SCHEDULING,
    ARMED,
    RESTARTING,
    UNAVAILABLE
  }

  /**
   * @param requests numbers for requests, each another one
   */
  DeadManSwitch(
      MembershipTiming timing,
      MembershipWriter writer,
      RandomGenerator random,
      LongSupplier requests) {
    this.timing = timing;
    this.writer = writer;
    this.random = random;
    this.requests = requests;
    this.delay = timing.deadMan().delay();
  }

  /**
   * Begins, for a join. A leave that is still scheduled stands behind the membership of before,
   * which may be there yet: it is kept, once a restart has shown that it can be (OWN-ARMED).
   */
  void arm(Instant now) {
    failures = 0;
    vanished = 0;
    dispensable = false;
    fired = false;
    dueAt = now;
    if (id != null) {
      phase = Phase.ARMED;
      verified = false;
    } else {
      phase = Phase.WANTED;
      delay = timing.deadMan().delay();
      shortestTried = false;
    }
  }

  /** The membership was published: some servers drop the delayed leave then (MM-4). */
  void check(Instant now) {
    if (phase == Phase.ARMED) {
      dueAt = now;
    }
  }

  /** Others do not see the membership: perhaps the leave was sent. No join before that is known. */
  void verify(Instant now) {
    verified = false;
    check(now);
  }

  /** The clock was set back: the leave may be due sooner than it seems (OWN-CLOCK). */
  void doubt(Instant now) {
    if (phase == Phase.ARMED || phase == Phase.RESTARTING) {
      doubtful = true;
      verify(now);
    }
  }

  /** Ends, for a leave. */
  void stop() {
    phase = Phase.OFF;
    fired = false;
  }

  /** The leave that is scheduled, as far as is known. */
  Optional<DelayId> id() {
    return Optional.ofNullable(id);
  }

  /** It is over with this leave. */
  void forget(Collection<OwnMembershipEffect> out) {
    if (id != null) {
      id = null;
      out.add(report(new OwnMembershipEvent.DelayIdChanged(Optional.empty())));
    }
  }

  /** Has the server not send it, as far as that can be had; the answer does not matter. */
  void cancel(Collection<OwnMembershipEffect> out) {
    if (id != null) {
      out.add(new OwnMembershipEffect.Update(requests.getAsLong(), id, DelayedAction.CANCEL));
      forget(out);
    }
  }

  /**
   * Whether a membership may be published: the leave is scheduled and not about to be sent, or
   * there can be none (OWN-ARMED).
   */
  boolean isReady(Instant now) {
    return switch (phase) {
      case OFF, UNAVAILABLE -> true;
      case WANTED, SCHEDULING -> dispensable;
      case ARMED, RESTARTING -> verified && !now.plus(margin()).isAfter(expectedLeave);
    };
  }

  /** Restarts soon, since a membership waits for it. */
  void hurry(Instant now) {
    if (phase == Phase.ARMED && failures == 0 && !isReady(now)) {
      dueAt = now;
    }
  }

  /** Whether the server has most likely sent the leave. */
  boolean isOverdue(Instant now) {
    return (phase == Phase.ARMED || phase == Phase.RESTARTING) && !now.isBefore(expectedLeave);
  }

  /** Whether it has become known that the server sent the leave; told once. */
  boolean takeFired() {
    boolean told = fired;
    fired = false;
    return told;
  }

  /** How often in a row it failed to have the leave scheduled for sure. */
  int failuresToArm() {
    boolean armed = phase == Phase.ARMED || phase == Phase.RESTARTING;
    return (phase == Phase.WANTED && !dispensable) || (armed && !verified) ? failures : 0;
  }

  /** When {@link #run} is due next, if at all. */
  Optional<Instant> nextWakeup() {
    return switch (phase) {
      case OFF, UNAVAILABLE, SCHEDULING -> Optional.empty();
      case WANTED, ARMED, RESTARTING -> Optional.of(dueAt);
    };
  }

  /** Does what is due. */
  void run(Instant now, Collection<OwnMembershipEffect> out) {
    if (phase == Phase.RESTARTING && !now.isBefore(dueAt)) {
      phase = Phase.ARMED;
      failures++;
      dueAt = now.isBefore(expectedLeave) ? now : now.plus(timing.retryAfter(failures));
    }
    if (phase == Phase.WANTED && !now.isBefore(dueAt)) {
      phase = Phase.SCHEDULING;
      request = requests.getAsLong();
      OutgoingEvent leave = writer.left(unanswered);
      if (leave != unanswered) {
        unanswered = leave;
        sentAt = now;
      }
      out.add(new OwnMembershipEffect.Schedule(request, leave, delay));
    } else if (phase == Phase.ARMED && id != null && !now.isBefore(dueAt)) {
      phase = Phase.RESTARTING;
      request = requests.getAsLong();
      restarts.put(request, now);
      if (restarts.size() > LATE_ANSWERS) {
        restarts.remove(restarts.keySet().iterator().next());
      }
      dueAt = now.plus(answerLimit(now));
      out.add(new OwnMembershipEffect.Update(request, id, DelayedAction.RESTART));
    }
  }

  /** The outcome of a {@link OwnMembershipEffect.Schedule}. */
  void onScheduled(
      long answered, ScheduleOutcome outcome, Instant now, Collection<OwnMembershipEffect> out) {
    if (phase != Phase.SCHEDULING || answered != request) {
      if (outcome instanceof ScheduleOutcome.Scheduled late && phase == Phase.OFF && id == null) {
        id = late.id(); // leaving: cancelled once the leave is there, else of use
      } else if (outcome instanceof ScheduleOutcome.Scheduled late) {
        out.add(
            new OwnMembershipEffect.Update(requests.getAsLong(), late.id(), DelayedAction.CANCEL));
      }
      return;
    }
    phase = Phase.WANTED;
    if (!(outcome instanceof ScheduleOutcome.Unreachable)) {
      unanswered = null;
    }
    if (outcome instanceof ScheduleOutcome.Scheduled scheduled) {
      id = scheduled.id();
      phase = Phase.ARMED;
      verified = true;
      dispensable = false;
      failures = 0;
      armed(now);
      out.add(report(new OwnMembershipEvent.DelayIdChanged(Optional.of(scheduled.id()))));
    } else if (outcome instanceof ScheduleOutcome.TooLong tooLong) {
      tooLong(tooLong.longest(), now, out);
    } else if (outcome instanceof ScheduleOutcome.Unsupported unsupported) {
      giveUp(unsupported.message(), out);
    } else if (outcome instanceof ScheduleOutcome.RateLimited limited) {
      failures++;
      dueAt = now.plus(timing.waitAsTold(limited.retryAfter(), failures));
    } else if (outcome instanceof ScheduleOutcome.Unreachable) {
      failures++;
      dueAt = now.plus(timing.retryAfter(failures));
    } else if (outcome instanceof ScheduleOutcome.Rejected rejected) {
      if (!dispensable) {
        dispensable = true;
        out.add(
            report(
                new OwnMembershipEvent.NoDeadManSwitch(
                    rejected.errcode() + " " + rejected.message())));
      }
      dueAt = now.plus(REFUSED_WAIT);
    } else {
      throw new IllegalStateException("unknown outcome");
    }
  }

  /** OWN-TOO-LONG: what the server allows, else the shortest delay, once. */
  private void tooLong(
      Optional<Duration> longest, Instant now, Collection<OwnMembershipEffect> out) {
    Duration next = longest.orElse(timing.deadMan().shortest());
    boolean useful = next.compareTo(delay) < 0 && next.compareTo(SHORTEST_DELAY) >= 0;
    if (!useful || (longest.isEmpty() && shortestTried)) {
      giveUp("the homeserver refuses a delay of " + delay.toMillis() + " ms", out);
      return;
    }
    shortestTried |= longest.isEmpty();
    delay = next;
    dueAt = now;
  }

  /** The outcome of a restart. */
  void onUpdated(
      long answered,
      DelayedUpdateOutcome outcome,
      Instant now,
      Collection<OwnMembershipEffect> out) {
    Instant sent = restarts.remove(answered);
    boolean alive = phase == Phase.RESTARTING || phase == Phase.ARMED;
    boolean counts =
        outcome instanceof DelayedUpdateOutcome.Done
            || outcome instanceof DelayedUpdateOutcome.NotFound;
    boolean current = phase == Phase.RESTARTING && answered == request;
    if (sent == null || !alive || !(current || counts)) {
      return; // OWN-LATE: of late answers only what they tell for sure
    }
    boolean late = doubtful || !now.isBefore(expectedLeave);
    if (current) {
      phase = Phase.ARMED;
    }
    if (outcome instanceof DelayedUpdateOutcome.Done) {
      failures = 0;
      vanished = 0;
      verified |= current;
      doubtful &= !current;
      expectedLeave = later(expectedLeave, sent.plus(delay));
      dueAt = current ? now.plus(interval()) : dueAt;
    } else if (outcome instanceof DelayedUpdateOutcome.NotFound) {
      vanished(late, now, out);
    } else if (outcome instanceof DelayedUpdateOutcome.Unsupported unsupported) {
      giveUp(unsupported.message(), out);
    } else if (outcome instanceof DelayedUpdateOutcome.RateLimited limited) {
      failures++;
      Duration soonest = beforeTheLeave(now);
      Duration told =
          limited.retryAfter().isEmpty()
              ? soonest
              : timing.waitAsTold(limited.retryAfter(), failures);
      dueAt = now.plus(told.compareTo(soonest) < 0 ? soonest : told);
    } else if (outcome instanceof DelayedUpdateOutcome.Unreachable) {
      failures++;
      dueAt = now.plus(beforeTheLeave(now));
    } else if (outcome instanceof DelayedUpdateOutcome.Rejected) {
      failures++;
      if (late) {
        vanished(true, now, out);
      } else {
        dueAt = now.plus(beforeTheLeave(now));
      }
    } else {
      throw new IllegalStateException("unknown outcome");
    }
  }

  /**
   * The delayed leave is gone: sent, if its time has come (OWN-FIRED), else dropped by the server
   * (MM-4). A server that does that over and over is not asked for ever (OWN-LOOP).
   */
  private void vanished(boolean late, Instant now, Collection<OwnMembershipEffect> out) {
    forget(out);
    restarts.clear();
    phase = Phase.WANTED;
    failures = 0;
    dueAt = now;
    if (late) {
      fired = true;
    } else if (++vanished > timing.maxFailures()) {
      giveUp("the homeserver does not keep delayed events", out);
    } else if (vanished > 1) {
      dueAt = now.plus(timing.retryAfter(vanished - 1));
    }
  }

  private void giveUp(String reason, Collection<OwnMembershipEffect> out) {
    forget(out);
    phase = Phase.UNAVAILABLE;
    out.add(report(new OwnMembershipEvent.NoDeadManSwitch(reason)));
  }

  /** The server counts from when it got the request: not before that was sent. */
  private void armed(Instant now) {
    restarts.clear();
    doubtful = false;
    expectedLeave = sentAt.plus(delay);
    dueAt = now.plus(interval());
  }

  private Duration interval() {
    Duration restart = timing.deadMan().restart();
    Duration most = delay.multipliedBy(5).dividedBy(8);
    Duration interval = restart.compareTo(most) < 0 ? restart : most;
    return Duration.ofMillis((long) (interval.toMillis() * random.nextDouble(0.8, 1)));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Several tries fit in before the leave is sent; after it, they get rarer. */
  private Duration beforeTheLeave(Instant now) {
    Duration usual = timing.retryAfter(failures);
    Duration third = Duration.between(now, expectedLeave).dividedBy(3);
    if (third.isNegative() || usual.compareTo(third) < 0) {
      return usual;
    }
    return third.compareTo(LEAST_WAIT) < 0 ? LEAST_WAIT : third;
  }

  private Duration answerLimit(Instant now) {
    Duration limit = timing.deadMan().answerLimit();
    Duration left = Duration.between(now, expectedLeave);
    return left.isZero() || left.isNegative() || limit.compareTo(left) < 0 ? limit : left;
  }

  private Duration margin() {
    Duration quarter = delay.dividedBy(4);
    DeadMan deadMan = timing.deadMan();
    return quarter.compareTo(deadMan.answerLimit()) < 0 ? quarter : deadMan.answerLimit();
  }

  private static OwnMembershipEffect report(OwnMembershipEvent event) {
    return new OwnMembershipEffect.Report(event);
  }
}
