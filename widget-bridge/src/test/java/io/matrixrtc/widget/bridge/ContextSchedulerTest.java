package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Order, place and time of tasks. */
class ContextSchedulerTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ContextScheduler scheduler = onContext();

  private ContextScheduler onContext() {
    CompletableFuture<ContextScheduler> made = new CompletableFuture<>();
    context.runOnContext(now -> made.complete(new ContextScheduler(vertx, InstantSource.system())));
    return made.join();
  }

  @AfterEach
  void stop() throws Exception {
    get(vertx.close().toCompletionStage().toCompletableFuture());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  /** Runs on the context's thread, once the scheduler knows it. */
  private void there(Runnable test) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    scheduler.execute(
        () ->
            context.runOnContext(
                now -> {
                  try {
                    test.run();
                    done.complete(true);
                  } catch (Throwable e) {
                    done.completeExceptionally(e);
                  }
                }));
    get(done);
  }

  @Test
  void onItsOwnThreadATaskRunsAtOnceAndWhatItGivesRightAfterIt() throws Exception {
    there(
        () -> {
          List<String> order = new ArrayList<>();
          scheduler.execute(
              () -> {
                order.add("a");
                scheduler.execute(() -> order.add("c"));
                order.add("b");
              });
          assertThat(order).containsExactly("a", "b", "c");
        });
  }

  @Test
  void whatWaitsAlreadyComesFirst() throws Exception {
    there(
        () -> {
          List<String> order = new ArrayList<>();
          Thread other = new Thread(() -> scheduler.execute(() -> order.add("theirs")));
          other.start();
          try {
            other.join();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          assertThat(order).as("not on the other thread").isEmpty();
          scheduler.execute(() -> order.add("ours"));
          assertThat(order).containsExactly("theirs", "ours");
        });
  }

  @Test
  void tasksOfManyThreadsRunOneAtATimeInTheOrderOfEach() throws Exception {
    int threads = 4;
    int each = 2_000;
    List<List<Integer>> seen = new ArrayList<>();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<CompletableFuture<Boolean>> ends = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      List<Integer> mine = new ArrayList<>();
      seen.add(mine);
      CompletableFuture<Boolean> end = new CompletableFuture<>();
      ends.add(end);
      new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  int number = i;
                  scheduler.execute(
                      () -> {
                        if (inside.incrementAndGet() > 1) {
                          overlaps.incrementAndGet();
                        }
                        mine.add(number);
                        inside.decrementAndGet();
                        if (number == each - 1) {
                          end.complete(true);
                        }
                      });
                }
              })
          .start();
    }
    for (CompletableFuture<Boolean> end : ends) {
      get(end);
    }
    assertThat(overlaps).hasValue(0);
    for (List<Integer> mine : seen) {
      assertThat(mine).hasSize(each).isSorted();
    }
  }

  @Test
  void aTaskThatThrowsDoesNotStopTheNextOnes() throws Exception {
    CompletableFuture<Boolean> next = new CompletableFuture<>();
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          scheduler.execute(() -> next.complete(true));
          throw new IllegalStateException("expected by this test");
        });
    assertThat(get(next)).isTrue();
    scheduler.execute(() -> last.complete(true));
    assertThat(get(last)).isTrue();
  }

  @Test
  void aTimerIsNotEarlyAndCanBeCancelled() throws Exception {
    CompletableFuture<Instant> ran = new CompletableFuture<>();
    AtomicInteger cancelled = new AtomicInteger();
    Instant due = scheduler.now().plusMillis(30);
    // On the thread that would run it: nothing can come in between, however slow the machine is.
    there(() -> scheduler.schedule(due.minusMillis(20), cancelled::incrementAndGet).cancel());
    scheduler.schedule(due, () -> ran.complete(scheduler.now()));
    assertThat(get(ran)).isAfterOrEqualTo(due);
    assertThat(cancelled).hasValue(0);
    CompletableFuture<Boolean> past = new CompletableFuture<>();
    scheduler.schedule(Instant.EPOCH, () -> past.complete(true));
    assertThat(get(past)).as("overdue").isTrue();
  }
}
