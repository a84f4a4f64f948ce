package io.matrixrtc.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallViewTest {
  private static final KeyRef KEY = new KeyRef("a", 1, 0, KeyFingerprint.of(new byte[16]));

  private final CallView view = new CallView();

  @Test
  void wakesWithTheEventAndLooksOncePerEvent_VIEW_WAKES() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Boolean> met =
        CompletableFuture.supplyAsync(
            () ->
                view.await(
                    () -> {
                      waiting.countDown();
                      looks.incrementAndGet();
                      return view.keyInUse("a").isPresent();
                    },
                    Duration.ofMinutes(1)));
    assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
    view.add(entry(new TraceEvent.Noted(null, "something else")));
    view.add(entry(new TraceEvent.KeyUsed(KEY)));
    assertThat(met.get(20, TimeUnit.SECONDS)).isTrue();
    // The start and at most one look for each event; a poll in a minute's wait would look more.
    assertThat(looks.get()).isBetween(2, 4);
    assertThat(view.keyInUse("a")).hasValue(KEY);
  }

  @Test
  void saysWhenTheTimeIsOver() {
    assertThat(view.await(() -> false, Duration.ofMillis(20))).isFalse();
    assertThat(view.await(() -> true, Duration.ZERO))
        .as("what is so already needs no time")
        .isTrue();
  }

  @Test
  void anInterruptEndsTheWait() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> view.await(() -> false, Duration.ofMinutes(1)))
        .isInstanceOf(ScriptException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void marksTellLaterEventsFromEarlierOnes() {
    view.add(entry(new TraceEvent.Noted(null, "before")));
    int mark = view.mark();
    assertThat(view.since(mark)).isEmpty();
    view.add(entry(new TraceEvent.KeyReceived(KEY, "b")));
    view.add(entry(new TraceEvent.Noted(null, "after")));
    assertThat(view.since(mark)).hasSize(2);
    assertThat(view.since(0)).hasSize(3);
    assertThat(view.lastReceived("b", "a")).hasValue(KEY);
    assertThat(view.lastReceived("a", "b")).isEmpty();
    assertThat(view.lastHeard("b", "a")).isEmpty();
  }

  private static TraceEntry entry(TraceEvent event) {
    return new TraceEntry(Instant.EPOCH, 0, event);
  }
}
