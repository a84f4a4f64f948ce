package io.matrixrtc.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.testkit.media.MediaClock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MediaTimeSchedulerTest {
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(2);
  private final MediaClock clock = MediaClock.startNow(10);

  @AfterEach
  void close() {
    clock.close();
    pool.shutdownNow();
  }

  @Test
  void aTimerThatHasFiredCanStillBeCancelledWhileItsTaskWaits() throws Exception {
    SerialScheduler scheduler = new MediaTimeScheduler(clock, pool);
    List<String> ran = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          Instant past = scheduler.now().minusMillis(1);
          SerialScheduler.Timer cancelled = scheduler.schedule(past, () -> ran.add("cancelled"));
          scheduler.schedule(past, () -> ran.add("control"));
          CompletableFuture<Void> fired = new CompletableFuture<>();
          pool.schedule(() -> fired.complete(null), 1, TimeUnit.MILLISECONDS);
          fired.join(); // timers fire in their order: those two wait behind this task
          cancelled.cancel();
          scheduler.schedule(past, () -> done.complete(null));
        });
    done.get(30, TimeUnit.SECONDS);
    assertThat(ran).containsExactly("control");
  }
}
