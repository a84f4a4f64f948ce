package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.CancellableTask;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.testkit.media.MediaClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A serial executor whose time is the call's media time: with a fast clock, delays shrink too. */
final class MediaTimeScheduler implements SerialScheduler {
  private final MediaClock clock;
  private final ScheduledExecutorService pool;
  private final PoolScheduler serial;

  MediaTimeScheduler(MediaClock clock, ScheduledExecutorService pool) {
    this.clock = clock;
    this.pool = pool;
    this.serial = new PoolScheduler(pool, clock);
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public void execute(Runnable task) {
    serial.execute(task);
  }

  @Override
  public Timer schedule(Instant at, Runnable task) {
    Duration wait = clock.wallTime(until(at));
    CancellableTask once = new CancellableTask(task);
    Future<?> timer = pool.schedule(() -> execute(once), wait.toNanos(), TimeUnit.NANOSECONDS);
    return () -> {
      once.cancel();
      timer.cancel(false);
    };
  }
}
