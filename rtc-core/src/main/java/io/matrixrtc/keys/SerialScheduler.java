package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * The serial executor that confines the state of a call, with its clock and timers. Tasks run one
 * at a time in the order in which they were given.
 */
public interface SerialScheduler extends Executor {
  /** What is due later than this does not happen while the process lives. */
  Duration NEVER = Duration.ofDays(36_500);

  /** The current time. */
  Instant now();

  /** Runs {@code task} on this executor at {@code at}, or soon if that has passed. */
  Timer schedule(Instant at, Runnable task);

  /**
   * How long it is until {@code at}: from zero to {@link #NEVER}, so that nanoseconds can be
   * counted.
   */
  default Duration until(Instant at) {
    Duration wait = Duration.between(now(), at);
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(NEVER) < 0 ? wait : NEVER;
  }

  /** A task that is due later. */
  interface Timer {
    /** Keeps the task from starting. Without effect once it has started. */
    void cancel();
  }
}
