package io.matrixrtc.homeserver.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one lane, usually a thread, that touches the storage and all state in memory, so that neither
 * needs locks and no event loop waits for a disk. Each piece of work is one transaction.
 */
public final class StateThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateThread.class);

  private final Storage storage;
  private final StateLane lane;
  private List<Runnable> afterCommit = new ArrayList<>();

  /** Works on a thread of its own. */
  public StateThread(Storage storage, String name) {
    this(storage, StateLane.thread(name));
  }

  /** Works on {@code lane}, which is closed with it. */
  public StateThread(Storage storage, StateLane lane) {
    this.storage = storage;
    this.lane = lane;
  }

  /** Runs {@code work} as one transaction; the future fails with what it throws. */
  public <T> CompletableFuture<T> submit(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(() -> inTransaction(work), lane);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * The same for work that nobody waits for. A failure is logged; after the close it is dropped.
   */
  public void run(Runnable work) {
    Runnable logged =
        () -> {
          try {
            inTransaction(
                () -> {
                  work.run();
                  return true;
                });
          } catch (RuntimeException e) {
            LOG.error("work on the state thread failed", e);
          }
        };
    try {
      lane.execute(logged);
    } catch (RejectedExecutionException closed) {
      LOG.debug("work after the close is dropped");
    }
  }

  /** Runs once the current work's writes have been committed; not at all if they are undone. */
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  private <T> T inTransaction(Supplier<T> work) {
    T result;
    try {
      result = storage.transaction(work);
    } catch (RuntimeException | Error e) {
      afterCommit.clear();
      throw e;
    }
    List<Runnable> actions = afterCommit;
    afterCommit = new ArrayList<>();
    actions.forEach(StateThread::runCommitted);
    return result;
  }

  /** What is committed is not taken back because somebody could not be told of it. */
  private static void runCommitted(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("after a commit", e);
    }
  }

  /** As {@link #submit}, and waits for the result; not from the state's own work. */
  public <T> T ask(Supplier<T> work) {
    return lane.await(submit(work));
  }

  /** Finishes the work that was submitted, then ends the thread. */
  @Override
  public void close() {
    lane.close();
  }
}
