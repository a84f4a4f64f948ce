package io.matrixrtc.client;

import io.matrixrtc.keys.PoolScheduler;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads, connections and a clock for any number of clients, for apps that have none of their own.
 * Close the clients first.
 */
public final class ClientThreads implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int PATIENCE_SECONDS = 5;

  private final ScheduledThreadPoolExecutor pool;
  private final HttpTransport http;

  private ClientThreads(ScheduledThreadPoolExecutor pool) {
    this.pool = pool;
    this.http = new JdkHttpTransport(pool);
  }

  /** Starts daemon threads. */
  public static ClientThreads start() {
    AtomicInteger count = new AtomicInteger();
    ScheduledThreadPoolExecutor pool =
        new ScheduledThreadPoolExecutor(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "matrix-client-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.setRemoveOnCancelPolicy(true);
    pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new ClientThreads(pool);
  }

  /** Returns the usual settings for <em>one</em> client more. */
  public ClientSettings settings() {
    return ClientSettings.of(http, new PoolScheduler(pool, InstantSource.system()));
  }

  /**
   * Ends the threads. What is running or due now, as the closing of a client, comes to its end, for
   * at most five seconds; what is due later does not happen.
   */
  @Override
  public void close() {
    pool.shutdown();
    try {
      if (!pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      http.close();
    }
  }
}
