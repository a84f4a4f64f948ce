package io.matrixrtc.token.leave;

import io.matrixrtc.token.federation.DelayedEventResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One delegated leave as a state machine: events and the time go in, effects come out. It waits for
 * the participant, restarts the event while the participant is connected, and sends it when the
 * participant is gone. Not thread-safe.
 */
final class LeaveJob {
  /** A sticky membership lasts no longer, so nothing is waited for or tried longer (LEAVE-HOUR). */
  static final Duration LONGEST = Duration.ofHours(1);

  /** A send is tried at least so long, even if its time is over. */
  static final Duration SHORTEST_SEND = Duration.ofSeconds(1);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final double GROWTH = 1.5;

  private final Duration delay;
  private final Duration sanityInterval;
  private final RandomGenerator random;
  private final Instant waitUntil;

  private LeaveState state = LeaveState.WAITING;
  private boolean finished;
  private boolean acting;
  private Instant nextAction = Instant.MIN;
  private Instant deadline = Instant.MIN;
  private int failures;
  private boolean looking;
  private boolean lookIsStale;
  private @Nullable Instant nextLook;
  private int looks;

  /**
   * Begins to wait.
   *
   * @param delay after which the homeserver sends the event by itself
   * @param sanityInterval between two looks at the SFU while connected; zero for none
   * @param random spreads repetitions
   */
  LeaveJob(Duration delay, Duration sanityInterval, RandomGenerator random, Instant now) {
    this.delay = delay;
    this.sanityInterval = sanityInterval;
    this.random = random;
    this.waitUntil = now.plus(shorter(delay, LONGEST));
    this.nextLook = now;
  }

  LeaveState state() {
    return state;
  }

  /** Takes an event, and returns what to do now. */
  List<LeaveEffect> on(LeaveEvent event, Instant now) {
    if (event instanceof LeaveEvent.Joined) {
      onPresent(now);
    } else if (event instanceof LeaveEvent.Left left) {
      onLeft(left, now);
    } else if (event instanceof LeaveEvent.Looked looked) {
      onLooked(looked.presence(), now);
    } else if (event instanceof LeaveEvent.Restarted restarted) {
      onRestarted(restarted.result(), now);
    } else if (event instanceof LeaveEvent.Sent sent) {
      onSent(sent.result(), now);
    }
    return due(now);
  }

  /** When to come back with a {@link LeaveEvent.Tick} at the latest. */
  Optional<Instant> nextWake() {
    Stream<Instant> looks =
        looking || nextLook == null || state == LeaveState.DISCONNECTED
            ? Stream.of()
            : Stream.of(nextLook);
    Stream<Instant> rest =
        state == LeaveState.WAITING
            ? Stream.of(waitUntil)
            : acting ? Stream.of() : Stream.of(nextAction);
    return state == LeaveState.ENDED
        ? Optional.empty()
        : Stream.concat(looks, rest).min(Instant::compareTo);
  }

  private void onPresent(Instant now) {
    if (state == LeaveState.WAITING) {
      state = LeaveState.CONNECTED;
      deadline = now.plus(delay);
      nextAction = now; // LEAVE-SYNC: nobody knows how much of the delay has passed
      lookIsStale = looking; // begun before the participant came
      nextLook = sanityInterval.isZero() ? null : now.plus(sanityInterval);
    }
  }

  private void onLeft(LeaveEvent.Left left, Instant now) {
    if (state == LeaveState.CONNECTED) {
      disconnect(now);
    } else if (state == LeaveState.WAITING && !left.intended()) {
      state = LeaveState.ENDED; // it never came through
    }
  }

  private void onLooked(LeaveEvent.Presence presence, Instant now) {
    boolean counts = !lookIsStale;
    looking = false;
    lookIsStale = false;
    if (state == LeaveState.WAITING) {
      nextLook = now.plus(backoff(looks++));
      if (presence == LeaveEvent.Presence.PRESENT) {
        onPresent(now);
      }
    } else if (state == LeaveState.CONNECTED) {
      nextLook = sanityInterval.isZero() ? null : now.plus(sanityInterval);
      if (presence == LeaveEvent.Presence.ABSENT && counts) { // LEAVE-STALE
        disconnect(now);
      }
    }
  }

  private void onRestarted(DelayedEventResult result, Instant now) {
    if (state != LeaveState.CONNECTED) {
      return; // the participant left meanwhile; a send is on its way
    }
    acting = false;
    if (result instanceof DelayedEventResult.Done) {
      failures = 0;
      deadline = now.plus(delay);
      nextAction = now.plus(delay.multipliedBy(8).dividedBy(10)); // LEAVE-RESTART
    } else if (result instanceof DelayedEventResult.Failed failed) {
      retry(failed, now);
    } else {
      state = LeaveState.ENDED;
    }
  }

  private void onSent(DelayedEventResult result, Instant now) {
    if (state == LeaveState.DISCONNECTED) {
      acting = false;
      if (result instanceof DelayedEventResult.Failed failed) {
        retry(failed, now);
      } else {
        state = LeaveState.ENDED;
      }
    }
  }

  /** LEAVE-RETRY: until the homeserver sends the event by itself. */
  private void retry(DelayedEventResult.Failed failed, Instant now) {
    Duration wait = backoff(failures++);
    Duration asked = failed.retryAfter().orElse(Duration.ZERO);
    nextAction = now.plus(asked.compareTo(wait) > 0 ? asked : wait);
    if (!nextAction.isBefore(deadline)) {
      state = LeaveState.ENDED;
    }
  }

  private void disconnect(Instant now) {
    Duration left = Duration.between(now, deadline == Instant.MIN ? now : deadline);
    state = LeaveState.DISCONNECTED;
    failures = 0;
    acting = false; // the end of a restart under way does not matter any more
    nextAction = now;
    deadline = now.plus(shorter(left.compareTo(SHORTEST_SEND) < 0 ? SHORTEST_SEND : left, LONGEST));
  }

  private List<LeaveEffect> due(Instant now) {
    List<LeaveEffect> effects = new ArrayList<>();
    if (state == LeaveState.WAITING && !now.isBefore(waitUntil)) {
      disconnect(now);
    }
    boolean looks = state == LeaveState.WAITING || state == LeaveState.CONNECTED;
    if (looks && !looking && nextLook != null && !now.isBefore(nextLook)) {
      looking = true;
      effects.add(LeaveEffect.LOOK_UP);
    }
    boolean acts = state == LeaveState.CONNECTED || state == LeaveState.DISCONNECTED;
    if (acts && !acting && !now.isBefore(nextAction)) {
      acting = true;
      effects.add(state == LeaveState.CONNECTED ? LeaveEffect.RESTART : LeaveEffect.SEND);
    }
    if (state == LeaveState.ENDED && !finished) {
      finished = true;
      effects.add(LeaveEffect.FINISHED);
    }
    return List.copyOf(effects);
  }

  private Duration backoff(int before) {
    double whole =
        Math.min(
            FIRST_WAIT.toMillis() * Math.pow(GROWTH, Math.min(before, 20)),
            LONGEST_WAIT.toMillis());
    return Duration.ofMillis((long) (whole * (0.5 + random.nextDouble())));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
