package io.matrixrtc.keys;

/**
 * A task that can still be cancelled while it waits for its turn: for implementations of {@link
 * SerialScheduler}, whose timer may have fired long before. Any thread may cancel it.
 */
public final class CancellableTask implements Runnable {
  private final Runnable task;
  private volatile boolean cancelled;

  /** A task that runs {@code task} unless it is cancelled before. */
  public CancellableTask(Runnable task) {
    this.task = task;
  }

  /** Keeps it from starting. Without effect once it has started. */
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void run() {
    if (!cancelled) {
      task.run();
    }
  }
}
