package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolSchedulerTest {
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final PoolScheduler scheduler = new PoolScheduler(pool, Clock.systemUTC());

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  @Test
  void tasksRunOneAtATimeInOrderAndOneThatThrowsDoesNotStopTheRest() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(1);
    for (int i = 0; i < 1_000; i++) {
      int number = i;
      scheduler.execute(
          () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            order.add(number);
            running.decrementAndGet();
            if (number == 500) {
              throw new IllegalStateException("a task's bug");
            }
            if (number == 600) {
              throw new AssertionError("a worse one");
            }
          });
    }
    scheduler.execute(done::countDown);
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(order).hasSize(1_000).isSorted();
    assertThat(most).hasValue(1);
  }

  @Test
  void tasksThatThePoolRejectedRunWithTheNextOneThatItAccepts() {
    List<Runnable> turns = new ArrayList<>();
    boolean[] full = {true};
    ScheduledThreadPoolExecutor choosy =
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public void execute(Runnable turn) {
            if (full[0]) {
              throw new RejectedExecutionException("full");
            }
            turns.add(turn);
          }
        };
    PoolScheduler rejected = new PoolScheduler(choosy, Clock.systemUTC());
    List<String> ran = new ArrayList<>();
    assertThatThrownBy(() -> rejected.execute(() -> ran.add("first")))
        .isInstanceOf(RejectedExecutionException.class);
    full[0] = false;
    rejected.execute(
        () -> {
          full[0] = true;
          throw new AssertionError("a task's bug");
        });
    rejected.execute(() -> ran.add("third"));
    assertThatThrownBy(() -> turns.remove(0).run())
        .isInstanceOf(AssertionError.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(ran).containsExactly("first");
    full[0] = false;
    rejected.execute(() -> ran.add("fourth"));
    turns.remove(0).run();
    assertThat(ran).containsExactly("first", "third", "fourth");
    choosy.shutdownNow();
  }

  @Test
  void aTimerThatIsDueRunsAndACancelledOneDoesNot() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    AtomicInteger cancelled = new AtomicInteger();
    scheduler.execute(
        () -> {
          Instant past = scheduler.now().minusMillis(1);
          SerialScheduler.Timer timer = scheduler.schedule(past, cancelled::incrementAndGet);
          scheduler.schedule(Instant.MAX, cancelled::incrementAndGet);
          CountDownLatch fired = new CountDownLatch(1);
          pool.execute(() -> pool.execute(fired::countDown));
          awaitQuietly(fired);
          timer.cancel();
          scheduler.schedule(past, ran::countDown);
        });
    assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(cancelled).hasValue(0);
  }

  @Test
  void aTimerIsNeverSetForAnEarlierTimeThanAskedFor() {
    List<Long> waits = new ArrayList<>();
    ScheduledThreadPoolExecutor asked =
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            waits.add(unit.toNanos(delay));
            return super.schedule(() -> {}, 1, TimeUnit.DAYS); // what runs would be scheduled again
          }
        };
    Instant now = Instant.ofEpochSecond(1_000_000);
    PoolScheduler fixed = new PoolScheduler(asked, Clock.fixed(now, ZoneOffset.UTC));
    fixed.schedule(now.plusNanos(1_700_000), () -> {});
    fixed.schedule(Instant.MIN, () -> {});
    fixed.schedule(Instant.MAX, () -> {});
    asked.shutdownNow();
    assertThat(waits).hasSize(3).startsWith(1_700_000L, 0L);
    assertThat(waits.get(2)).isGreaterThan(TimeUnit.DAYS.toNanos(36_000));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
