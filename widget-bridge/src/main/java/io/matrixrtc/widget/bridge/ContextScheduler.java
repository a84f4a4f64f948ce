package io.matrixrtc.widget.bridge;

import io.matrixrtc.keys.CancellableTask;
import io.matrixrtc.keys.SerialScheduler;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serial executor on a Vert.x context. What is given on the context's own thread runs before the
 * call returns, behind what waits already; or, if given by a task, right after that: no frame waits
 * for another turn of the event loop, and what is written meanwhile leaves in one go.
 */
final class ContextScheduler implements SerialScheduler {
  private static final Logger LOG = LoggerFactory.getLogger(ContextScheduler.class);

  /** Then the event loop sees to its sockets before it goes on. */
  private static final int TASKS_AT_A_TIME = 256;

  private final Vertx vertx;
  private final Context context;
  private final InstantSource clock;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running; // guarded by waiting, as the next one
  private boolean called; // a turn of the context is on its way
  private volatile @Nullable Thread thread; // of an event loop, once known: always the same

  /** On the current context, or on one of its own. */
  ContextScheduler(Vertx vertx, InstantSource clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.clock = clock;
    if (context.isEventLoopContext()) {
      context.runOnContext(now -> thread = Thread.currentThread());
    }
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public void execute(Runnable task) {
    boolean here = Thread.currentThread() == thread;
    synchronized (waiting) {
      waiting.add(task);
      if (running || (called && !here)) {
        return;
      }
      running = here;
      called |= !here;
    }
    if (here) {
      drain();
    } else {
      call();
    }
  }

  private void call() {
    context.runOnContext(
        now -> {
          synchronized (waiting) {
            called = false;
            if (running) {
              return; // a task of ours waits further down on this thread's stack
            }
            running = true;
          }
          drain();
        });
  }

  private void drain() {
    try {
      for (int i = 0; i < TASKS_AT_A_TIME; i++) {
        Runnable task = next();
        if (task == null) {
          return;
        }
        run(task);
      }
    } finally {
      rest();
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      return waiting.poll();
    }
  }

  /** A task that throws does not stop the ones behind it. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("A task of a bridge failed", e);
    }
  }

  /** What is left has another turn. */
  private void rest() {
    synchronized (waiting) {
      running = false;
      if (waiting.isEmpty() || called) {
        return;
      }
      called = true;
    }
    call();
  }

  @Override
  public Timer schedule(Instant at, Runnable task) {
    long millis = Math.max(1, until(at).plusNanos(999_999).toMillis()); // never before its time
    CancellableTask once = new CancellableTask(task);
    long timer = vertx.setTimer(millis, fired -> execute(once));
    return () -> {
      once.cancel();
      vertx.cancelTimer(timer);
    };
  }
}
