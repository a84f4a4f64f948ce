package io.matrixrtc.backup.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.SerialScheduler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BackupThreadsTest {
  /** A download queues the next batch while it does one: for minutes something waits. */
  @Test
  void aTimerGoesOffWhileThereIsAlwaysMoreToDo() throws Exception {
    CountDownLatch due = new CountDownLatch(1);
    AtomicBoolean ends = new AtomicBoolean();
    try (BackupThreads threads = new BackupThreads()) {
      SerialScheduler scheduler = threads.scheduler();
      Runnable batch =
          new Runnable() {
            @Override
            public void run() {
              if (!ends.get()) {
                scheduler.execute(this);
              }
            }
          };
      scheduler.execute(batch);
      scheduler.schedule(scheduler.now().plusMillis(10), due::countDown);
      assertThat(due.await(20, TimeUnit.SECONDS)).isTrue();
      ends.set(true);
    }
  }
}
