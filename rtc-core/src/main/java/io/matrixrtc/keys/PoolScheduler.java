package io.matrixrtc.keys;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link SerialScheduler} on a thread pool, which many of them may share and which the caller
 * shuts down. A task that throws is logged and does not stop the ones behind it. If the pool
 * rejects a task, so does {@link #execute}; the task waits for the next one that the pool accepts.
 *
 * <p>As long as tasks wait, they keep one thread of the pool, and a timer needs another to go off:
 * a pool for one whose tasks may never come to an end needs two.
 */
public final class PoolScheduler implements SerialScheduler {
  private static final Logger LOG = LoggerFactory.getLogger(PoolScheduler.class);

  private final ScheduledExecutorService pool;
  private final InstantSource clock;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  /** Runs tasks on {@code pool}; takes the time from {@code clock}. */
  public PoolScheduler(ScheduledExecutorService pool, InstantSource clock) {
    this.pool = pool;
    this.clock = clock;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public void execute(Runnable task) {
    synchronized (waiting) {
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    drainOnPool();
  }

  /** A pool that refuses now may accept later: the next task then takes these along. */
  private void drainOnPool() {
    try {
      pool.execute(this::drain);
    } catch (RejectedExecutionException e) {
      synchronized (waiting) {
        running = false;
      }
      throw e;
    }
  }

  @Override
  public Timer schedule(Instant at, Runnable task) {
    CancellableTask once = new CancellableTask(task);
    // In nanoseconds: a timer cut to milliseconds fires before its time has come.
    Future<?> timer = pool.schedule(() -> execute(once), until(at).toNanos(), TimeUnit.NANOSECONDS);
    return () -> {
      once.cancel();
      timer.cancel(false);
    };
  }

  private void drain() {
    while (true) {
      Runnable task;
      synchronized (waiting) {
        task = waiting.poll();
        if (task == null) {
          running = false;
          return;
        }
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("A task of a call failed", e);
      } catch (Error e) {
        LOG.error("A task of a call failed", e);
        // The tasks behind it must run all the same, on another turn of the pool.
        try {
          drainOnPool();
        } catch (RejectedExecutionException rejected) {
          e.addSuppressed(rejected);
        }
        throw e;
      }
    }
  }
}
