package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.keys.OwnRingGate.State;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OwnRingGateTest {
  private final AtomicInteger woken = new AtomicInteger();
  private final OwnRingGate gate = new OwnRingGate(woken::incrementAndGet);

  @Test
  void keyGateTheFirstFrameMakesReadySendingAndTellsOnce() {
    gate.connect(State.READY);
    assertThat(gate.admit()).isTrue();
    assertThat(gate.admit()).isTrue();
    assertThat(gate.state()).isEqualTo(State.SENDING);
    assertThat(woken).hasValue(1);
  }

  @Test
  void keyGateTheFirstFrameOfWhoOwesIsHeldAndTellsOnce() {
    gate.connect(State.READY);
    assertThat(gate.owe()).isTrue();
    assertThat(gate.owe()).as("already").isTrue();
    assertThat(gate.admit()).isFalse();
    assertThat(gate.admit()).isFalse();
    assertThat(gate.state()).isEqualTo(State.HELD);
    assertThat(woken).hasValue(1);
    gate.open();
    assertThat(gate.state()).isEqualTo(State.SENDING);
    assertThat(gate.admit()).isTrue();
  }

  @Test
  void keyGateWhoSendsCannotOweAndWhoOwesCanBeMadeReady() {
    gate.connect(State.READY);
    gate.admit();
    assertThat(gate.owe()).isFalse();
    assertThat(gate.silence(gate.asked())).isTrue();
    assertThat(gate.owe()).isTrue();
    gate.open();
    assertThat(gate.state()).isEqualTo(State.READY);
    assertThat(gate.admit()).isTrue();
  }

  @Test
  void keyGateAFrameThatWasCountedKeepsASenderFromBeingSilent() {
    gate.connect(State.READY);
    gate.admit();
    long seen = gate.asked();
    gate.admit();
    assertThat(gate.silence(seen)).isFalse();
    assertThat(gate.state()).isEqualTo(State.SENDING);
    assertThat(gate.silence(gate.asked())).as("control").isTrue();
  }

  @Test
  void keyGateWhatWasHeldForTheViewOwesOrIsReadyAfterwards() {
    gate.connect(State.READY);
    gate.hold();
    assertThat(gate.admit()).isFalse();
    gate.resume(true);
    assertThat(gate.state()).isEqualTo(State.OWING);
    gate.hold();
    gate.resume(false);
    assertThat(gate.state()).isEqualTo(State.READY);
  }

  @Test
  void keyGateUntilMediaAsksTheDeviceCountsAsSending() {
    assertThat(gate.isConnected()).isFalse();
    assertThat(gate.state()).isEqualTo(State.SENDING);
    assertThat(gate.owe()).isFalse();
  }

  /**
   * A frame and a debt at once: either the frame was first, or it is held; never both, never lost.
   */
  @Test
  void keyGateOfAFrameAndADebtOneIsFirstForBothThreads() throws Exception {
    int rounds = Cases.full() ? 20_000 : 2_000;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      int framesFirst = 0;
      int debtsFirst = 0;
      for (int i = 0; i < rounds; i++) {
        OwnRingGate raced = new OwnRingGate(() -> {});
        raced.connect(State.READY);
        CountDownLatch go = new CountDownLatch(2);
        Future<Boolean> frame = threads.submit(() -> together(go, raced::admit));
        Future<Boolean> debt = threads.submit(() -> together(go, raced::owe));
        boolean sent = frame.get();
        boolean owes = debt.get();
        if (sent) {
          framesFirst++;
          assertThat(owes).isFalse();
          assertThat(raced.state()).isEqualTo(State.SENDING);
        } else {
          debtsFirst++;
          assertThat(owes).isTrue();
          assertThat(raced.state()).isEqualTo(State.HELD);
        }
      }
      assertThat(framesFirst + debtsFirst).isEqualTo(rounds);
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean together(CountDownLatch go, Callable<Boolean> action) throws Exception {
    go.countDown();
    while (go.getCount() > 0) {
      Thread.onSpinWait();
    }
    return action.call();
  }
}
