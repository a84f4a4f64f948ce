package io.matrixrtc.keys;

import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * The serial executor that confines the state of a call, with its clock and timers. Tasks run one
 * at a time in the order in which they were given.
 */
public interface SerialScheduler extends Executor {
  /** The current time. */
  Instant now();

  /** Runs {@code task} on this executor at {@code at}, or soon if that has passed. */
  Timer schedule(Instant at, Runnable task);

  /** A task that is due later. */
  interface Timer {
    /** Keeps the task from starting. Without effect once it has started. */
    void cancel();
  }
}
