package io.matrixrtc.testkit.time;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How the threads of a script wait. Everything that a script waits for must go through here: in
 * virtual time, a thread that waits elsewhere stops the world. Safe for many threads.
 */
public interface ScriptTime {
  /** The machine's time. */
  ScriptTime REAL =
      new ScriptTime() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public <T> T await(CompletableFuture<T> what, Duration atMost)
            throws ExecutionException, TimeoutException, InterruptedException {
          return what.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public <T> T await(CompletableFuture<T> what)
            throws ExecutionException, InterruptedException {
          return what.get();
        }

        @Override
        public void fork(String name, Runnable task) {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          thread.start();
        }
      };

  /** Nanoseconds of this time, for differences. */
  long nanoTime();

  /**
   * Waits on a thread of the script.
   *
   * @param atMost in this time
   * @throws ExecutionException if what is waited for failed
   */
  <T> T await(CompletableFuture<T> what, Duration atMost)
      throws ExecutionException, TimeoutException, InterruptedException;

  /** Waits without a limit. */
  <T> T await(CompletableFuture<T> what) throws ExecutionException, InterruptedException;

  /** Starts another daemon thread of the script. {@code task} must not throw. */
  void fork(String name, Runnable task);
}
