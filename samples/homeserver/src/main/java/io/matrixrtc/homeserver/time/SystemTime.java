package io.matrixrtc.homeserver.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The machine's time, with one daemon thread for alarms shared by all servers of the process. */
public final class SystemTime implements TimeSource {
  private static final ScheduledExecutorService ALARMS =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "homeserver-alarms");
            thread.setDaemon(true);
            return thread;
          });

  @Override
  public Instant instant() {
    return Instant.now();
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    ScheduledFuture<?> alarm = ALARMS.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> alarm.cancel(false);
  }
}
