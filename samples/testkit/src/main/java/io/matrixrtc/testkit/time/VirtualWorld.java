package io.matrixrtc.testkit.time;

import io.matrixrtc.keys.CancellableTask;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.testkit.ScriptException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One clock and one line of work for all that a script has: homeserver, participants, relay and
 * timers. Tasks run one at a time on the thread {@code virtual-world}, in the order given; when
 * none is ready, time jumps to the next timer.
 *
 * <p>At any moment either one task runs or one thread of the script, never both (VIRTUAL-TURNS): a
 * script's thread has its turn until it waits, and gets it back when what it waited for is there,
 * before anything else happens. So the time of a step does not depend on how fast the machine is,
 * and two runs with equal seeds do the same things in the same order. The thread that opens the
 * world has the first turn. Tasks may be given by any thread.
 *
 * <p>VIRTUAL-STUCK: who has waited for {@link #PATIENCE} of real time in which the virtual time
 * stood still and no script thread had a turn, fails with what the world was about to do.
 */
public final class VirtualWorld
    implements SerialScheduler, InstantSource, ScriptTime, AutoCloseable {
  /** When each virtual world begins. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** How long nothing may happen, in real time. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int TOLD = 8;
  private static final Logger LOG = LoggerFactory.getLogger(VirtualWorld.class);

  private final Queue<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));

  /** Threads of the script that may go on, in the order in which that became so. */
  private final Queue<Turn> turns = new ArrayDeque<>();

  private final Duration patience;
  private final Thread thread;
  private Instant now = START;
  private long order;
  private long progress;
  private boolean scriptRuns = true;
  private boolean closed;

  /** A timer. */
  private record Due(Instant at, long order, CancellableTask task) {}

  /** A thread of the script that waits. */
  private static final class Turn {
    private boolean queued;
    private boolean given;
  }

  private VirtualWorld(Duration patience) {
    this.patience = patience;
    this.thread = new Thread(this::work, "virtual-world");
    thread.setDaemon(true);
  }

  /** A world of its own; the caller's thread is the script's first. */
  public static VirtualWorld open() {
    return open(PATIENCE);
  }

  /** For tests of the watchdog. */
  static VirtualWorld open(Duration patience) {
    VirtualWorld world = new VirtualWorld(patience);
    world.thread.start();
    return world;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public Instant now() {
    return instant();
  }

  @Override
  public long nanoTime() {
    return Duration.between(START, instant()).toNanos();
  }

  /** Runs a task after those that are ready. Dropped once the world is closed. */
  @Override
  public synchronized void execute(Runnable task) {
    if (!closed) {
      ready.add(task);
      notifyAll();
    }
  }

  @Override
  public synchronized Timer schedule(Instant at, Runnable task) {
    CancellableTask once = new CancellableTask(task);
    Due due = new Due(at.isBefore(now) ? now : at, order++, once);
    if (!closed) {
      timers.add(due);
      notifyAll();
    }
    return () -> {
      once.cancel();
      forget(due);
    };
  }

  private synchronized void forget(Due due) {
    timers.remove(due);
  }

  /** Runs a task when a time has passed. */
  public Timer after(Duration delay, Runnable task) {
    Duration wait = delay.compareTo(NEVER) < 0 ? delay : NEVER;
    return schedule(instant().plus(wait), task);
  }

  /** A part of this world that can end before it, such as a device that crashes. */
  public Lane lane() {
    return new Lane();
  }

  /** See {@link #lane}. Once it is closed, none of its tasks runs, not even those that were due. */
  public final class Lane implements SerialScheduler, AutoCloseable {
    private volatile boolean over;

    private Lane() {}

    @Override
    public Instant now() {
      return instant();
    }

    @Override
    public void execute(Runnable task) {
      VirtualWorld.this.execute(() -> unlessOver(task));
    }

    @Override
    public Timer schedule(Instant at, Runnable task) {
      return VirtualWorld.this.schedule(at, () -> unlessOver(task));
    }

    private void unlessOver(Runnable task) {
      if (!over) {
        task.run();
      }
    }

    @Override
    public void close() {
      over = true;
    }
  }

  @Override
  public <T> T await(CompletableFuture<T> what, Duration atMost)
      throws ExecutionException, TimeoutException, InterruptedException {
    CompletableFuture<Boolean> either = new CompletableFuture<>();
    var unused = what.whenComplete((done, failure) -> either.complete(true));
    Timer limit = after(atMost, () -> either.complete(false));
    try {
      if (!await(either)) {
        throw new TimeoutException();
      }
    } finally {
      limit.cancel();
    }
    return what.get();
  }

  @Override
  public <T> T await(CompletableFuture<T> what) throws ExecutionException, InterruptedException {
    if (what.isDone()) {
      return what.get();
    }
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a task of the virtual world must not wait");
    }
    Turn turn = new Turn();
    // Before the turn is given away: whoever completes it must find who waits, or time runs on.
    var unused = what.whenComplete((done, failure) -> enqueue(turn));
    endTurn();
    takeTurn(turn);
    return what.get();
  }

  @Override
  public void fork(String name, Runnable task) {
    Turn turn = new Turn();
    enqueue(turn);
    Thread further =
        new Thread(
            () -> {
              try {
                takeTurn(turn);
                task.run();
              } catch (InterruptedException | ScriptException e) {
                LOG.debug("{} ends with the world: {}", name, e.toString());
              } finally {
                endTurn();
              }
            },
            name);
    further.setDaemon(true);
    further.start();
  }

  private synchronized void endTurn() {
    scriptRuns = false;
    notifyAll();
  }

  private synchronized void enqueue(Turn turn) {
    if (!turn.queued) {
      turn.queued = true;
      turns.add(turn);
      notifyAll();
    }
  }

  private synchronized void takeTurn(Turn turn) throws InterruptedException {
    long seen = progress;
    long last = System.nanoTime();
    try {
      while (!turn.given) {
        if (closed) {
          throw new ScriptException("the script was closed while it waited");
        }
        long left = patience.toNanos() - (System.nanoTime() - last);
        if (progress != seen) {
          seen = progress;
          last = System.nanoTime();
        } else if (left <= 0) {
          throw new ScriptException(stuck());
        } else {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      }
    } finally {
      if (!turn.given) { // it goes on without its turn, and must not be given one
        turns.remove(turn);
        turn.queued = true;
        scriptRuns = true;
      }
    }
  }

  private String stuck() {
    List<Due> next = timers.stream().sorted(timers.comparator()).limit(TOLD).toList();
    StringBuilder text = new StringBuilder("virtual time has stood still for ");
    text.append(patience.toMillis()).append(" ms at ").append(now);
    text.append("; ready: ").append(ready.stream().limit(TOLD).toList());
    text.append(", next timers: ");
    text.append(next.stream().map(due -> Duration.between(now, due.at()).toString()).toList());
    text.append(", a thread of the script runs: ").append(scriptRuns);
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append("\n  at ").append(frame);
    }
    return text.toString();
  }

  private void work() {
    while (true) {
      Runnable task;
      try {
        task = next();
      } catch (InterruptedException e) {
        return; // nobody but close() has this thread
      }
      if (task == null) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("a task of a virtual world failed", e);
      }
    }
  }

  /** The next task, when it is its turn; null at the end. */
  private synchronized @Nullable Runnable next() throws InterruptedException {
    while (!closed) {
      if (scriptRuns) {
        wait();
        continue;
      }
      Turn turn = turns.poll();
      if (turn != null) {
        turn.given = true;
        scriptRuns = true;
        progress++;
        notifyAll();
        continue;
      }
      Runnable task = ready.poll();
      if (task != null) {
        return task;
      }
      Due due = timers.poll();
      if (due == null) {
        wait();
        continue;
      }
      if (due.at().isAfter(now)) {
        now = due.at();
        progress++;
      }
      return due.task();
    }
    return null;
  }

  /** Drops what is to come; whoever still waits fails. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    ready.clear();
    timers.clear();
    notifyAll();
    if (Thread.currentThread() != thread) {
      thread.interrupt();
    }
  }
}
