package io.matrixrtc.testkit.agent;

import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.relay.RelayLine;
import io.matrixrtc.testkit.relay.RelayListener;
import io.matrixrtc.testkit.relay.RelayProtocolException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Two threads of its own, sockets, and real time for all but the call. */
final class PoolRuntime implements AgentRuntime {
  private final MediaClock clock;
  private final ScheduledExecutorService pool;
  private final SecureRandom random = new SecureRandom();

  PoolRuntime(ParticipantSpec spec) {
    this.clock = MediaClock.startingAt(Instant.ofEpochMilli(spec.clockStartMillis()), spec.speed());
    ScheduledThreadPoolExecutor threads =
        new ScheduledThreadPoolExecutor(
            2,
            task -> {
              Thread thread = new Thread(task, "agent-" + spec.name());
              thread.setDaemon(true);
              return thread;
            },
            // What a closed participant still wanted to do is of no use to anyone.
            new ThreadPoolExecutor.DiscardPolicy());
    threads.setRemoveOnCancelPolicy(true);
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.pool = threads;
  }

  @Override
  public MediaClock clock() {
    return clock;
  }

  @Override
  public Executor executor() {
    return pool;
  }

  @Override
  public SerialScheduler clientScheduler() {
    return new PoolScheduler(pool, Clock.systemUTC());
  }

  @Override
  public SerialScheduler callScheduler() {
    return new MediaTimeScheduler(clock, pool);
  }

  @Override
  public HttpTransport transport() {
    return new JdkHttpTransport(pool);
  }

  @Override
  public RelayLine connect(ParticipantSpec spec, RelayListener listener)
      throws IOException, RelayProtocolException {
    return OwnMedia.bySocket(spec, listener);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void every(Duration period, Runnable task) {
    var unused =
        pool.scheduleAtFixedRate(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    clock.close();
    pool.shutdown();
  }
}
