package io.matrixrtc.session;

import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This device's membership, from join to leave, as a state machine: inputs and the wall-clock time
 * in, effects out. Two lanes run side by side, each with at most one request under way: the
 * membership itself here, the leave that the server sends for a device that fell silent in {@link
 * DeadManSwitch}. Not thread-safe.
 */
final class OwnMembershipCore {
  /** From one event to the next there is at least this, so that their times differ (G2-GAP). */
  private static final Duration LEAST_GAP = Duration.ofSeconds(1);

  private final MembershipTiming timing;
  private final MembershipClock clock = new MembershipClock();
  private final OwnPublication publication;
  private final DeadManSwitch deadMan;
  private final LateDevices lateDevices;

  private Instant now = Instant.EPOCH;
  private List<OwnMembershipEffect> out = new ArrayList<>();
  private Status status = Status.DISCONNECTED;
  private @Nullable JoinRequest request;
  private @Nullable JoinRequest nextJoin;
  private @Nullable Action due;
  private Instant dueAt = Instant.EPOCH;
  private @Nullable Action underWay;
  private Instant answerBy = Instant.MAX;
  private long lastRequest;
  private long membershipRequest;
  private int failures;
  private boolean mayBePublished;
  private boolean leftBehind;

  private boolean lost;
  private boolean overdueWhileJoining;
  private int losses;
  private boolean probablyLeft;

  private enum Action {
    CLEAR,
    JOIN,
    REFRESH,
    SEND_DELAYED_LEAVE,
    LEAVE
  }

  OwnMembershipCore(SessionSettings settings) {
    this.timing = settings.timing();
    this.publication = new OwnPublication(timing, clock, new MembershipWriter(settings, "m"));
    // Jitter only has to differ between devices, so the device is seed enough.
    RandomGenerator random =
        new SplittableRandom(31L * settings.roomId().hashCode() + settings.own().hashCode());
    this.lateDevices = new LateDevices(random);
    this.deadMan =
        new DeadManSwitch(timing, new MembershipWriter(settings, "d"), random, () -> ++lastRequest);
  }

  Status status() {
    return status;
  }

  boolean isProbablyLeft() {
    return probablyLeft;
  }

  Optional<DelayId> delayId() {
    return deadMan.id();
  }

  /** Whether {@link #join} has an effect. */
  boolean canJoin() {
    return status == Status.DISCONNECTED || status == Status.DISCONNECTING;
  }

  /**
   * Joins; without effect when joined. While a leave is under way, after its answer; a leave that
   * waits for its next try is given up.
   */
  List<OwnMembershipEffect> join(JoinRequest join, Instant wall) {
    begin(clock.at(wall));
    if (canJoin()) {
      nextJoin = join;
    }
    return end();
  }

  private void startJoining(JoinRequest join) {
    nextJoin = null;
    request = join;
    publication.lose();
    lost = false;
    losses = 0;
    failures = 0;
    become(Status.CONNECTING);
    deadMan.arm(now);
    plan(Action.JOIN, now);
  }

  /** Says something else about itself; published with the next event, soon when connected. */
  List<OwnMembershipEffect> update(JoinRequest changed, Instant wall) {
    begin(clock.at(wall));
    if (request != null && !request.equals(changed)) {
      request = changed;
      if (status == Status.CONNECTED) {
        Instant soonest = publication.publishedAt().plus(LEAST_GAP);
        plan(Action.REFRESH, now.isBefore(soonest) ? soonest : now);
      }
    }
    return end();
  }

  /** Leaves, after the request that is under way; without effect when disconnected. */
  List<OwnMembershipEffect> leave(Instant wall) {
    begin(clock.at(wall));
    if (status == Status.CONNECTING || status == Status.CONNECTED) {
      startLeaving();
    }
    nextJoin = null;
    return end();
  }

  /** The outcome of a {@link OwnMembershipEffect.Publish}. */
  List<OwnMembershipEffect> onPublished(long id, PublishOutcome outcome, Instant wall) {
    begin(clock.at(wall));
    Action action = underWay;
    if (id == membershipRequest && action != null && action != Action.SEND_DELAYED_LEAVE) {
      underWay = null;
      if (!(outcome instanceof PublishOutcome.Unreachable) || overdueWhileJoining) {
        publication.answered();
      }
      if (outcome instanceof PublishOutcome.Published published) {
        published(action, published.eventId());
      } else {
        failed(action, outcome);
      }
      if (status == Status.DISCONNECTING && due == null) {
        leaveOrEnd();
      }
    }
    return end();
  }

  /** The outcome of a {@link OwnMembershipEffect.Schedule}. */
  List<OwnMembershipEffect> onScheduled(long id, ScheduleOutcome outcome, Instant wall) {
    begin(clock.at(wall));
    deadMan.onScheduled(id, outcome, now, out);
    if (status == Status.DISCONNECTED && !mayBePublished) {
      deadMan.cancel(out);
    }
    return end();
  }

  /** The outcome of a {@link OwnMembershipEffect.Update}. */
  List<OwnMembershipEffect> onUpdated(long id, DelayedUpdateOutcome outcome, Instant wall) {
    begin(clock.at(wall));
    if (underWay == Action.SEND_DELAYED_LEAVE && id == membershipRequest) {
      underWay = null;
      delayedLeaveSent(outcome);
    } else {
      deadMan.onUpdated(id, outcome, now, out);
    }
    return end();
  }

  /**
   * The members were computed anew.
   *
   * @param own the own membership among them; of several, one whose event this object published
   * @param fromSync whether because of what the server told
   */
  List<OwnMembershipEffect> onMembers(Collection<Membership> own, boolean fromSync, Instant wall) {
    begin(clock.at(wall));
    if (publication.seen(own, fromSync) && status == Status.CONNECTED) {
      deadMan.verify(now);
      lose();
    }
    return end();
  }

  /**
   * Whether the room holds a membership under our state key, of whatever age and origin. A join
   * over it takes it back first (G1-BEHIND): a homeserver answers content that is equal to the
   * present one with the old event, and nobody would notice the join.
   */
  void onOwnState(boolean present) {
    leftBehind = present;
  }

  /**
   * There may be devices that cannot read the membership, which was encrypted before they were
   * there: it is published once more, soon but not often (G2-LATE).
   */
  List<OwnMembershipEffect> onLateDevices(Instant wall) {
    begin(clock.at(wall));
    if (status == Status.CONNECTED || underWay == Action.JOIN) {
      lateDevices.came(now);
      if (due == Action.REFRESH && underWay == null) {
        plan(Action.REFRESH, lateDevices.next(publication.publishedAt(), dueAt));
      }
    }
    return end();
  }

  /**
   * A timer fired.
   *
   * @param setFor what {@link #nextWakeup} said when it was set
   */
  List<OwnMembershipEffect> onWakeup(Instant setFor, Instant wall) {
    begin(clock.at(wall, setFor));
    return end();
  }

  /** When {@link #onWakeup} is due next by the wall clock, if at all. */
  Optional<Instant> nextWakeup() {
    if (status == Status.DISCONNECTED) {
      return Optional.empty();
    }
    Instant next = deadMan.nextWakeup().orElse(Instant.MAX);
    if (underWay == Action.SEND_DELAYED_LEAVE) {
      next = MembershipClock.earlier(next, answerBy);
    } else if (underWay == null && due != null && (dueAt.isAfter(now) || isAllowed(due))) {
      next = MembershipClock.earlier(next, dueAt);
    }
    return Optional.of(clock.timerFor(next));
  }

  private void begin(Instant time) {
    now = time;
    out = new ArrayList<>();
    if (clock.takeSetBack()) {
      deadMan.doubt(now);
    }
  }

  /** Does what is due in either lane. */
  private List<OwnMembershipEffect> end() {
    boolean fired = deadMan.takeFired();
    if (fired) {
      if (status == Status.CONNECTED) {
        lose();
      } else if (underWay == Action.JOIN) {
        overdueWhileJoining = true;
      } else {
        publication.answered(); // a repetition would be answered with what the leave has ended
      }
    }
    if (status == Status.CONNECTED && publication.isUnseen(now)) {
      deadMan.verify(now);
      lose();
    }
    if (underWay == Action.SEND_DELAYED_LEAVE && !now.isBefore(answerBy)) {
      underWay = null;
      plan(Action.LEAVE, now);
    }
    if (nextJoin != null && underWay == null) {
      startJoining(nextJoin);
    }
    if (due != null && underWay == null && !now.isBefore(dueAt) && !isAllowed(due)) {
      deadMan.hurry(now);
    }
    deadMan.run(now, out);
    boolean first = status == Status.CONNECTING && !lost;
    if (first && deadMan.failuresToArm() > timing.maxFailures()) {
      report(new OwnMembershipEvent.JoinFailed("the leave cannot be scheduled"));
      startLeaving();
    }
    run();
    boolean left = deadMan.isOverdue(now) && (status == Status.CONNECTED || lost);
    tellProbablyLeft(left || (lost && (fired || probablyLeft)));
    return out;
  }

  private void tellProbablyLeft(boolean value) {
    if (probablyLeft != value) {
      probablyLeft = value;
      report(new OwnMembershipEvent.ProbablyLeft(value));
    }
  }

  /** OWN-ARMED: no membership without a leave that is scheduled, where that can be had. */
  private boolean isAllowed(Action action) {
    return action == Action.LEAVE || action == Action.SEND_DELAYED_LEAVE || deadMan.isReady(now);
  }

  private void run() {
    if (due == null || underWay != null || now.isBefore(dueAt) || !isAllowed(due)) {
      return;
    }
    Action action = due == Action.JOIN && leftBehind && !lost ? Action.CLEAR : due;
    due = null;
    underWay = action;
    lateDevices.served();
    membershipRequest = ++lastRequest;
    Optional<DelayId> id = deadMan.id();
    if (action == Action.SEND_DELAYED_LEAVE && id.isPresent()) {
      answerBy = now.plus(timing.deadMan().answerLimit());
      out.add(new OwnMembershipEffect.Update(membershipRequest, id.get(), DelayedAction.SEND));
    } else {
      OutgoingEvent event =
          action == Action.LEAVE || action == Action.CLEAR || request == null
              ? publication.leave(now)
              : publication.membership(request, action == Action.JOIN, now);
      out.add(new OwnMembershipEffect.Publish(membershipRequest, event));
    }
  }

  private void published(Action action, String eventId) {
    failures = 0;
    if (action == Action.LEAVE) {
      mayBePublished = false;
      finish();
      return;
    }
    if (action == Action.CLEAR) {
      leftBehind = false;
      if (status == Status.CONNECTING) {
        plan(Action.JOIN, now);
      }
      return;
    }
    mayBePublished = true;
    publication.published(eventId, now);
    if (status == Status.CONNECTING && action == Action.JOIN) {
      deadMan.check(now);
      if (overdueWhileJoining) {
        overdueWhileJoining = false;
        plan(Action.JOIN, now.plus(LEAST_GAP)); // the leave may have come after it
        return;
      }
      become(Status.CONNECTED);
      if (lost) {
        lost = false;
        report(new OwnMembershipEvent.MembershipRestored());
      }
    }
    if (status == Status.CONNECTED) {
      boolean complete = publication.says(request);
      Instant usual = complete ? publication.refreshAt() : now.plus(LEAST_GAP);
      plan(Action.REFRESH, lateDevices.next(now, usual));
    }
  }

  private void failed(Action tried, PublishOutcome outcome) {
    Action action = tried == Action.CLEAR ? Action.JOIN : tried;
    failures++;
    Duration wait = timing.longestRetry();
    String message = outcome.sentence();
    boolean again = outcome.isPassing();
    if (outcome instanceof PublishOutcome.RateLimited limited) {
      wait = timing.waitAsTold(limited.retryAfter(), failures);
    } else if (again) {
      wait = timing.retryAfter(failures);
    }
    overdueWhileJoining = false;
    mayBePublished |= outcome instanceof PublishOutcome.Unreachable;
    if (status == Status.DISCONNECTING && action != Action.LEAVE) {
      failures = 0;
      return;
    }
    boolean isLimited = action == Action.LEAVE || !lost;
    if (action == Action.REFRESH) {
      if (status == Status.CONNECTED) {
        refreshFailed(message, now.plus(wait));
      }
    } else if (again && (failures <= timing.maxFailures() || !isLimited)) {
      plan(action, now.plus(wait));
    } else {
      giveUp(action, outcome, message);
    }
  }

  private void refreshFailed(String message, Instant nextTry) {
    report(new OwnMembershipEvent.RefreshFailed(message));
    plan(Action.REFRESH, nextTry);
    if (!nextTry.isBefore(publication.expiresAt())) {
      Instant end = publication.expiresAt();
      lose();
      plan(Action.JOIN, end);
    }
  }

  /** OWN-LOOP: the first re-join is made at once, further ones soon after it get rarer. */
  private void lose() {
    Duration stable = timing.longestRetry().multipliedBy(2);
    losses = now.isBefore(publication.publishedAt().plus(stable)) ? losses + 1 : 1;
    publication.lose();
    lost = true;
    failures = 0;
    report(new OwnMembershipEvent.MembershipLost());
    become(Status.CONNECTING);
    plan(Action.JOIN, losses == 1 ? now : now.plus(timing.retryAfter(losses - 1)));
  }

  private void giveUp(Action action, PublishOutcome outcome, String message) {
    if (action == Action.LEAVE) {
      leaveFailed(outcome, message);
      return;
    }
    if (outcome instanceof PublishOutcome.Forbidden) {
      report(new OwnMembershipEvent.JoinForbidden(message)); // G1-FORBIDDEN
    } else if (outcome instanceof PublishOutcome.Unsupported) {
      report(new OwnMembershipEvent.JoinUnsupported(message));
    } else {
      report(new OwnMembershipEvent.JoinFailed(message));
    }
    startLeaving();
  }

  /** OWN-LEAVE: unless the server sends the leave, it is tried until the membership expires. */
  private void leaveFailed(PublishOutcome outcome, String message) {
    if (failures <= timing.maxFailures() + 1) {
      report(new OwnMembershipEvent.LeaveFailed(message));
    }
    if (outcome.isPassing() && deadMan.id().isEmpty() && now.isBefore(publication.expiresAt())) {
      plan(Action.LEAVE, now.plus(timing.longestRetry()));
    } else {
      finish();
    }
  }

  private void startLeaving() {
    become(Status.DISCONNECTING);
    failures = 0;
    due = null;
    lost = false;
    deadMan.stop();
    leaveOrEnd();
  }

  /** G1-LEAVE: what may have reached the server is taken back. */
  private void leaveOrEnd() {
    if (underWay != null) {
      return;
    }
    if (!mayBePublished) {
      deadMan.cancel(out);
      finish();
    } else {
      plan(deadMan.id().isPresent() ? Action.SEND_DELAYED_LEAVE : Action.LEAVE, now);
    }
  }

  /** OWN-LEAVE: whatever keeps the delayed leave from being sent, a plain one follows. */
  private void delayedLeaveSent(DelayedUpdateOutcome outcome) {
    if (outcome instanceof DelayedUpdateOutcome.Done) {
      mayBePublished = false;
      deadMan.forget(out);
      finish();
      return;
    }
    if (outcome instanceof DelayedUpdateOutcome.NotFound) {
      deadMan.forget(out);
    }
    plan(
        Action.LEAVE,
        outcome instanceof DelayedUpdateOutcome.RateLimited limited
            ? now.plus(timing.waitAsTold(limited.retryAfter(), 1))
            : now);
  }

  private void finish() {
    if (!mayBePublished) {
      deadMan.cancel(out);
    }
    due = null;
    request = null;
    lost = false;
    overdueWhileJoining = false;
    become(Status.DISCONNECTED);
  }

  private void plan(Action action, Instant at) {
    due = action;
    dueAt = at;
  }

  private void become(Status to) {
    if (status != to) {
      report(new OwnMembershipEvent.StatusChanged(status, to));
      status = to;
    }
  }

  private void report(OwnMembershipEvent event) {
    out.add(new OwnMembershipEffect.Report(event));
  }
}
