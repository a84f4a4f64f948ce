package io.matrixrtc.homeserver.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches the storage and all state in memory, so that neither needs locks and
 * no event loop waits for a disk. Each piece of work is one transaction.
 */
public final class StateThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateThread.class);

  private final Storage storage;
  private final ExecutorService executor;
  private List<Runnable> afterCommit = new ArrayList<>();

  public StateThread(Storage storage, String name) {
    this.storage = storage;
    this.executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs {@code work} as one transaction; the future fails with what it throws. */
  public <T> CompletableFuture<T> submit(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(() -> inTransaction(work), executor);
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
      executor.execute(logged);
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
    actions.forEach(Runnable::run);
    return result;
  }

  /** Finishes the work that was submitted, then ends the thread. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new StorageException("the state thread did not end within 10 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("interrupted while the state thread ended", e);
    }
  }
}
