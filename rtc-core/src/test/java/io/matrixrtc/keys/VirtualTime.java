package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A clock and any number of serial schedulers on it, advanced by hand, on the calling thread. */
public final class VirtualTime implements SerialScheduler, InstantSource {
  public static final Instant START = Instant.ofEpochMilli(1_770_000_000_000L);

  private final Queue<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Task> later =
      new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::order));
  private Instant now = START;
  private long order;
  private boolean running;

  private static final class Task implements Timer {
    final Instant at;
    final long order;
    final Runnable run;
    boolean cancelled;

    Task(Instant at, long order, Runnable run) {
      this.at = at;
      this.order = order;
      this.run = run;
    }

    Instant at() {
      return at;
    }

    long order() {
      return order;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    ready.add(task);
    drain();
  }

  @Override
  public Timer schedule(Instant at, Runnable task) {
    Task timer = new Task(at.isBefore(now) ? now : at, order++, task);
    later.add(timer);
    return timer;
  }

  /** Runs everything that is due in the next {@code duration}, each at its time. */
  public void advance(Duration duration) {
    Instant until = now.plus(duration);
    while (!later.isEmpty() && !later.peek().at.isAfter(until)) {
      Task task = later.remove();
      now = task.at.isAfter(now) ? task.at : now;
      if (!task.cancelled) {
        execute(task.run);
      }
    }
    now = until;
  }

  public void advanceMillis(long millis) {
    advance(Duration.ofMillis(millis));
  }

  private void drain() {
    if (running) {
      return;
    }
    running = true;
    try {
      for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
        task.run();
      }
    } finally {
      running = false;
    }
  }
}
