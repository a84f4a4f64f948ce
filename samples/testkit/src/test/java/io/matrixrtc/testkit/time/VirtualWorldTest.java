package io.matrixrtc.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.testkit.ScriptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VirtualWorldTest {
  private final VirtualWorld world = VirtualWorld.open();
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    world.close();
  }

  private SerialScheduler.Timer timer(Duration delay, String what) {
    return world.after(delay, () -> done.add(what + " at " + Duration.ofNanos(world.nanoTime())));
  }

  private void pass(Duration time) throws Exception {
    CompletableFuture<Boolean> passed = new CompletableFuture<>();
    world.after(time, () -> passed.complete(true));
    world.await(passed);
  }

  @Test
  void timeJumpsFromTimerToTimerInOrder_VIRTUAL_TURNS() throws Exception {
    timer(Duration.ofHours(2), "later");
    timer(Duration.ofHours(1), "sooner");
    timer(Duration.ofHours(1), "after it");
    timer(Duration.ofHours(3), "never").cancel();
    pass(Duration.ofHours(4));
    assertThat(done).containsExactly("sooner at PT1H", "after it at PT1H", "later at PT2H");
    assertThat(world.instant()).isEqualTo(VirtualWorld.START.plus(Duration.ofHours(4)));
  }

  @Test
  void nothingHappensWhileAScriptThreadHasItsTurn_VIRTUAL_TURNS() throws Exception {
    CompletableFuture<Boolean> reached = new CompletableFuture<>();
    world.after(
        Duration.ofSeconds(1),
        () -> {
          reached.complete(true);
          done.add("rest of the task");
        });
    timer(Duration.ofSeconds(1), "next");
    world.execute(() -> done.add("ready"));
    world.await(reached);
    List<String> seen = List.copyOf(done);
    Thread.onSpinWait();
    assertThat(seen).containsExactly("ready", "rest of the task");
    assertThat(done).isEqualTo(seen);
    pass(Duration.ZERO);
    assertThat(done).endsWith("next at PT1S");
  }

  @Test
  void forkedThreadsRunOneAfterTheOther_VIRTUAL_TURNS() throws Exception {
    List<CompletableFuture<Boolean>> ends = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      CompletableFuture<Boolean> end = new CompletableFuture<>();
      ends.add(end);
      world.fork(
          name,
          () -> {
            done.add(name + " begins");
            try {
              pass(Duration.ofSeconds(1));
            } catch (Exception e) {
              end.completeExceptionally(e);
            }
            done.add(name + " ends");
            end.complete(true);
          });
    }
    for (CompletableFuture<Boolean> end : ends) {
      world.await(end);
    }
    assertThat(done).containsExactly("a begins", "b begins", "a ends", "b ends");
  }

  @Test
  void aWaitHasALimitInVirtualTimeAndTellsOfFailures_VIRTUAL_PATIENCE() {
    assertThatThrownBy(() -> world.await(new CompletableFuture<>(), Duration.ofDays(1)))
        .isInstanceOf(TimeoutException.class);
    assertThat(Duration.ofNanos(world.nanoTime())).isEqualTo(Duration.ofDays(1));
    CompletableFuture<Boolean> failing = new CompletableFuture<>();
    world.execute(() -> failing.completeExceptionally(new IllegalStateException("no")));
    assertThatThrownBy(() -> world.await(failing, Duration.ofDays(1)))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("no");
  }

  @Test
  void aWorldInWhichNothingCanHappenAnyMoreFails_VIRTUAL_STUCK() {
    try (VirtualWorld stuck = VirtualWorld.open(Duration.ofMillis(50))) {
      assertThatThrownBy(() -> stuck.await(new CompletableFuture<>()))
          .isInstanceOf(ScriptException.class)
          .hasMessageContaining("virtual time has stood still for 50 ms")
          .hasMessageContaining("next timers: []");
    }
  }

  @Test
  void aClosedLaneDoesNothingMore_VIRTUAL_LANE() throws Exception {
    VirtualWorld.Lane lane = world.lane();
    lane.execute(() -> done.add("ready"));
    lane.schedule(lane.now().plusSeconds(1), () -> done.add("timer"));
    lane.close();
    pass(Duration.ofSeconds(2));
    assertThat(done).isEmpty();
  }

  @Test
  void closingEndsWhoeverWaits_VIRTUAL_CLOSE() throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    world.fork(
        "waiting",
        () -> {
          try {
            world.await(new CompletableFuture<>());
          } catch (Exception e) {
            end.complete(e);
          }
        });
    pass(Duration.ofSeconds(1));
    world.close();
    assertThat(end.get()).isInstanceOf(ScriptException.class);
  }
}
