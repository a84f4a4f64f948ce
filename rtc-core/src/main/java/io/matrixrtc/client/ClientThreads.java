package io.matrixrtc.client;

import io.matrixrtc.keys.PoolScheduler;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads, connections and a clock for any number of clients, for apps that have none of their own.
 * Close the clients first.
 */
public final class ClientThreads implements AutoCloseable {
  private static final int THREADS = 2;

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
    return new ClientThreads(pool);
  }

  /** Returns the usual settings for <em>one</em> client more. */
  public ClientSettings settings() {
    return ClientSettings.of(http, new PoolScheduler(pool, InstantSource.system()));
  }

  /** Ends the threads; what is still under way has no end. */
  @Override
  public void close() {
    http.close();
    pool.shutdownNow();
  }
}
