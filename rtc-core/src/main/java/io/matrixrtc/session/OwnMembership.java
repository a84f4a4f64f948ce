package io.matrixrtc.session;

import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs an {@link OwnMembershipCore}: sends what it wants sent, feeds the answers back, keeps its
 * timer. Confined to the session's executor.
 */
final class OwnMembership {
  private final OwnMembershipCore core;
  private final PublisherCalls publisher;
  private final SerialScheduler scheduler;
  private final SessionCounters counters;
  private final Consumer<OwnMembershipEvent> listener;
  private final Runnable answered;
  private SerialScheduler.@Nullable Timer timer;
  private boolean closed;

  /**
   * @param listener told of events
   * @param answered run after each answer to a published event was dealt with
   */
  OwnMembership(
      SessionSettings settings,
      PublisherCalls publisher,
      SerialScheduler scheduler,
      SessionCounters counters,
      Consumer<OwnMembershipEvent> listener,
      Runnable answered) {
    this.core = new OwnMembershipCore(settings);
    this.publisher = publisher;
    this.scheduler = scheduler;
    this.counters = counters;
    this.listener = listener;
    this.answered = answered;
  }

  Status status() {
    return core.status();
  }

  boolean canJoin() {
    return core.canJoin();
  }

  boolean isProbablyLeft() {
    return core.isProbablyLeft();
  }

  Optional<DelayId> delayId() {
    return core.delayId();
  }

  void join(JoinRequest request) {
    carryOut(core.join(request, scheduler.now()));
  }

  void update(JoinRequest changed) {
    carryOut(core.update(changed, scheduler.now()));
  }

  void leave() {
    carryOut(core.leave(scheduler.now()));
  }

  void onOwnState(boolean present) {
    core.onOwnState(present);
  }

  void onLateDevices() {
    carryOut(core.onLateDevices(scheduler.now()));
  }

  void onMembers(Collection<Membership> own, boolean fromSync) {
    carryOut(core.onMembers(own, fromSync, scheduler.now()));
  }

  /** Ends all work; sends nothing more. */
  void close() {
    closed = true;
    stopTimer();
  }

  private void carryOut(List<OwnMembershipEffect> effects) {
    for (OwnMembershipEffect effect : effects) {
      if (effect instanceof OwnMembershipEffect.Publish publish) {
        publisher.publish(publish.event(), outcome -> onPublished(publish.id(), outcome));
      } else if (effect instanceof OwnMembershipEffect.Schedule schedule) {
        publisher.schedule(
            schedule.event(),
            schedule.delay(),
            outcome -> {
              counters.request(outcome instanceof ScheduleOutcome.Scheduled);
              answer(() -> core.onScheduled(schedule.id(), outcome, scheduler.now()));
            });
      } else if (effect instanceof OwnMembershipEffect.Update update) {
        publisher.update(
            update.delayId(),
            update.action(),
            outcome -> {
              counters.request(outcome instanceof DelayedUpdateOutcome.Done);
              answer(() -> core.onUpdated(update.id(), outcome, scheduler.now()));
            });
      } else if (effect instanceof OwnMembershipEffect.Report report) {
        counters.on(report.event());
        listener.accept(report.event());
      } else {
        throw new IllegalStateException("unknown effect");
      }
    }
    setTimer();
  }

  private void onPublished(long id, PublishOutcome outcome) {
    counters.request(outcome instanceof PublishOutcome.Published);
    answer(() -> core.onPublished(id, outcome, scheduler.now()));
    if (!closed) {
      answered.run();
    }
  }

  private void answer(Supplier<List<OwnMembershipEffect>> input) {
    if (!closed) {
      carryOut(input.get());
    }
  }

  private void setTimer() {
    stopTimer();
    Optional<Instant> next = core.nextWakeup();
    if (next.isPresent() && !closed) {
      Instant due = next.get();
      timer = scheduler.schedule(due, () -> answer(() -> core.onWakeup(due, scheduler.now())));
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
