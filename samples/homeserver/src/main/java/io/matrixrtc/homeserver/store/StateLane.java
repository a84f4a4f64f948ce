package io.matrixrtc.homeserver.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Where the server's state is worked on: one piece of work at a time, in the order given; and how
 * callers from outside wait for such work. {@link Executor#execute} throws {@link
 * RejectedExecutionException} once it is closed. Safe for many threads.
 */
public interface StateLane extends Executor, AutoCloseable {

  /**
   * Waits for what is done here. Not from a piece of work.
   *
   * @throws java.util.concurrent.CompletionException with what the work failed with
   */
  <T> T await(CompletableFuture<T> work);

  /** Finishes the work that was given, then takes no more. */
  @Override
  void close();

  /** A daemon thread of its own. */
  static StateLane thread(String name) {
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    return new StateLane() {
      @Override
      public void execute(Runnable work) {
        executor.execute(work);
      }

      @Override
      public <T> T await(CompletableFuture<T> work) {
        return work.join();
      }

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
    };
  }
}
