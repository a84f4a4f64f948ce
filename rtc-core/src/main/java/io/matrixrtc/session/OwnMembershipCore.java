package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import io.matrixrtc.session.SessionSettings.MembershipTiming;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This device's state-event membership, from join to leave, as a state machine: inputs and the
 * current time in, effects out. At most one request is under way. Not thread-safe.
 *
 * <p>Leaving is one action, {@link Action#LEAVE}: a dead-man switch (MSC4140) will put another in
 * its place and fall back on it.
 */
final class OwnMembershipCore {
  private final SessionSettings settings;
  private final MembershipTiming timing;
  private final Set<String> ownEvents = new HashSet<>();

  private Status status = Status.DISCONNECTED;
  private @Nullable JoinRequest request;
  private @Nullable Action due;
  private Instant dueAt = Instant.EPOCH;
  private @Nullable Action underWay;
  private long lastId;
  private int failures;
  private boolean mayBePublished;
  private boolean lost;
  private boolean leftBehind;

  private Instant startedAt = Instant.EPOCH;
  private Instant expiresAt = Instant.EPOCH;
  private long sentSteps;
  private boolean sentAnew;
  private Optional<Instant> createdAt = Optional.empty();

  private enum Action {
    CLEAR,
    JOIN,
    REFRESH,
    LEAVE
  }

  OwnMembershipCore(SessionSettings settings) {
    this.settings = settings;
    this.timing = settings.timing();
  }

  Status status() {
    return status;
  }

  /** Joins; without effect unless disconnected. */
  List<OwnMembershipEffect> join(JoinRequest join, Instant now) {
    List<OwnMembershipEffect> out = new ArrayList<>();
    if (status == Status.DISCONNECTED) {
      request = join;
      ownEvents.clear();
      createdAt = Optional.empty();
      lost = false;
      failures = 0;
      become(Status.CONNECTING, out);
      plan(Action.JOIN, now);
      run(now, out);
    }
    return out;
  }

  /** Says something else about itself; published with the next event, at once when connected. */
  List<OwnMembershipEffect> update(JoinRequest changed, Instant now) {
    List<OwnMembershipEffect> out = new ArrayList<>();
    if (request != null && !request.equals(changed)) {
      request = changed;
      if (status == Status.CONNECTED) {
        plan(Action.REFRESH, now);
        run(now, out);
      }
    }
    return out;
  }

  /** Leaves, after the request that is under way; without effect when disconnected. */
  List<OwnMembershipEffect> leave(Instant now) {
    List<OwnMembershipEffect> out = new ArrayList<>();
    if (status == Status.CONNECTING || status == Status.CONNECTED) {
      become(Status.DISCONNECTING, out);
      failures = 0;
      due = null;
      leaveOrEnd(now, out);
    }
    return out;
  }

  /** The outcome of a {@link OwnMembershipEffect.Publish}. */
  List<OwnMembershipEffect> onPublished(long id, PublishOutcome outcome, Instant now) {
    List<OwnMembershipEffect> out = new ArrayList<>();
    Action action = underWay;
    if (id != lastId || action == null) {
      return out;
    }
    underWay = null;
    if (outcome instanceof PublishOutcome.Published published) {
      published(action, published.eventId(), now, out);
    } else {
      failed(action, outcome, now, out);
    }
    if (status == Status.DISCONNECTING && due == null) {
      leaveOrEnd(now, out);
    }
    run(now, out);
    return out;
  }

  /**
   * The members were computed anew.
   *
   * @param own the own membership among them; of several, one whose event this object published
   */
  List<OwnMembershipEffect> onMembers(Collection<Membership> own, Instant now) {
    List<OwnMembershipEffect> out = new ArrayList<>();
    Optional<Membership> seen =
        own.stream().filter(membership -> ownEvents.contains(membership.eventId())).findFirst();
    if (seen.isPresent()) {
      createdAt = Optional.of(seen.get().createdAt());
    } else if (own.isEmpty() && createdAt.isPresent() && status == Status.CONNECTED) {
      createdAt = Optional.empty();
      lost = true;
      out.add(new OwnMembershipEffect.Report(new OwnMembershipEvent.MembershipLost()));
      become(Status.CONNECTING, out);
      failures = 0;
      plan(Action.JOIN, now);
      run(now, out);
    }
    return out;
  }

  /**
   * Whether the room holds a membership under our state key, of whatever age and origin. A join
   * over it takes it back first (G1-BEHIND): a homeserver answers content that is equal to the
   * present one with the old event, and nobody would notice the join.
   */
  void onOwnState(boolean present) {
    leftBehind = present;
  }

  /** Time has passed. */
  List<OwnMembershipEffect> onWakeup(Instant now) {
    List<OwnMembershipEffect> out = new ArrayList<>();
    run(now, out);
    return out;
  }

  /** When {@link #onWakeup} is due next, if at all. */
  Optional<Instant> nextWakeup() {
    return due != null && underWay == null ? Optional.of(dueAt) : Optional.empty();
  }

  private void published(
      Action action, String eventId, Instant now, Collection<OwnMembershipEffect> out) {
    failures = 0;
    if (action == Action.LEAVE) {
      mayBePublished = false;
      end(out);
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
    if (sentAnew) {
      startedAt = now;
      ownEvents.clear();
    }
    ownEvents.add(eventId);
    expiresAt = startedAt.plus(timing.expires().multipliedBy(sentSteps + 1));
    if (status == Status.CONNECTING && action == Action.JOIN) {
      become(Status.CONNECTED, out);
      if (lost) {
        lost = false;
        out.add(new OwnMembershipEffect.Report(new OwnMembershipEvent.MembershipRestored()));
      }
    }
    if (status == Status.CONNECTED) {
      Duration untilNext = timing.refreshStep().multipliedBy(sentSteps + 1);
      plan(Action.REFRESH, startedAt.plus(untilNext).minus(timing.headroom()));
    }
  }

  private void failed(
      Action tried, PublishOutcome outcome, Instant now, Collection<OwnMembershipEffect> out) {
    Action action = tried == Action.CLEAR ? Action.JOIN : tried;
    failures++;
    Duration wait;
    String message;
    boolean again = true;
    if (outcome instanceof PublishOutcome.RateLimited limited) {
      wait = limited.retryAfter().orElse(timing.rateLimitWait());
      message = "rate limited";
    } else if (outcome instanceof PublishOutcome.Unreachable unreachable) {
      wait = timing.retryAfter(failures);
      message = unreachable.message();
    } else if (outcome instanceof PublishOutcome.Forbidden forbidden) {
      again = false;
      wait = timing.longestRetry();
      message = forbidden.message();
    } else if (outcome instanceof PublishOutcome.Rejected rejected) {
      again = false;
      wait = timing.longestRetry();
      message = rejected.errcode() + " " + rejected.message();
    } else {
      throw new IllegalStateException("a success is no failure");
    }
    mayBePublished |= outcome instanceof PublishOutcome.Unreachable;
    if (status == Status.DISCONNECTING && action != Action.LEAVE) {
      failures = 0;
      return;
    }
    if (action == Action.REFRESH) {
      if (status == Status.CONNECTED) {
        refreshFailed(message, now.plus(wait), out);
      }
    } else if (again && failures <= timing.maxFailures()) {
      plan(action, now.plus(wait));
    } else {
      giveUp(action, outcome, message, out);
    }
  }

  private void refreshFailed(String message, Instant nextTry, Collection<OwnMembershipEffect> out) {
    out.add(new OwnMembershipEffect.Report(new OwnMembershipEvent.RefreshFailed(message)));
    if (nextTry.isBefore(expiresAt)) {
      plan(Action.REFRESH, nextTry);
    } else {
      createdAt = Optional.empty();
      lost = true;
      out.add(new OwnMembershipEffect.Report(new OwnMembershipEvent.MembershipLost()));
      become(Status.CONNECTING, out);
      failures = 0;
      plan(Action.JOIN, expiresAt);
    }
  }

  private void giveUp(
      Action action, PublishOutcome outcome, String message, Collection<OwnMembershipEffect> out) {
    OwnMembershipEvent event;
    if (action == Action.LEAVE) {
      event = new OwnMembershipEvent.LeaveFailed(message);
    } else if (outcome instanceof PublishOutcome.Forbidden) {
      event = new OwnMembershipEvent.JoinForbidden(message); // G1-FORBIDDEN
    } else {
      event = new OwnMembershipEvent.JoinFailed(message);
    }
    out.add(new OwnMembershipEffect.Report(event));
    end(out);
  }

  /** G1-LEAVE: what may have reached the server is taken back. */
  private void leaveOrEnd(Instant now, Collection<OwnMembershipEffect> out) {
    if (underWay != null) {
      return;
    }
    if (mayBePublished) {
      plan(Action.LEAVE, now);
      run(now, out);
    } else {
      end(out);
    }
  }

  private void end(Collection<OwnMembershipEffect> out) {
    due = null;
    request = null;
    become(Status.DISCONNECTED, out);
  }

  private void plan(Action action, Instant at) {
    due = action;
    dueAt = at;
  }

  private void run(Instant now, Collection<OwnMembershipEffect> out) {
    if (due == null || underWay != null || now.isBefore(dueAt)) {
      return;
    }
    Action action = due == Action.JOIN && leftBehind ? Action.CLEAR : due;
    due = null;
    underWay = action;
    lastId++;
    out.add(
        new OwnMembershipEffect.Publish(
            lastId, StateMembershipContent.stateKey(settings), content(action, now)));
  }

  /**
   * G1-REFRESH: a refresh inherits the time of the join and names a lifetime that grows with each
   * step, since it counts from the join. Without a join that came back in sync there is no such
   * time: it joins anew.
   */
  private ObjectNode content(Action action, Instant now) {
    if (action == Action.LEAVE || action == Action.CLEAR || request == null) {
      return StateMembershipContent.left();
    }
    sentAnew = action == Action.JOIN || createdAt.isEmpty();
    sentSteps =
        sentAnew
            ? 0
            : Duration.between(startedAt, now.plus(timing.headroom()))
                .dividedBy(timing.refreshStep());
    return StateMembershipContent.joined(
        settings,
        request,
        sentAnew ? Optional.empty() : createdAt,
        timing.expires().multipliedBy(sentSteps + 1));
  }

  private void become(Status to, Collection<OwnMembershipEffect> out) {
    if (status != to) {
      out.add(new OwnMembershipEffect.Report(new OwnMembershipEvent.StatusChanged(status, to)));
      status = to;
    }
  }
}
