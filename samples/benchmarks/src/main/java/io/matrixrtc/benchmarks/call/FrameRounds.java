package io.matrixrtc.benchmarks.call;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Has every speaker send a frame each 20 ms, which all others have decrypted when the round ends.
 * Who waits for something to be heard looks then. Rounds, and the looking, are on the media thread.
 */
final class FrameRounds {
  private static final long FRAME_MILLIS = 20;

  private final ScheduledExecutorService media;
  private final List<CallMouth> mouths;
  private final List<Expected> expected = new ArrayList<>();

  private record Expected(BooleanSupplier condition, CompletableFuture<Void> met) {}

  /**
   * @param media of one thread
   */
  FrameRounds(ScheduledExecutorService media, List<CallMouth> mouths) {
    this.media = media;
    this.mouths = List.copyOf(mouths);
  }

  void start() {
    media.scheduleAtFixedRate(this::round, 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void round() {
    mouths.forEach(CallMouth::speak);
    expected.removeIf(
        one -> {
          boolean met = one.condition.getAsBoolean();
          if (met) {
            one.met.complete(null);
          }
          return met;
        });
  }

  /** Returns whether the condition was true after a round, within so many seconds. */
  boolean await(BooleanSupplier condition, long seconds) throws InterruptedException {
    CompletableFuture<Void> met = new CompletableFuture<>();
    media.execute(() -> expected.add(new Expected(condition, met)));
    try {
      met.get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      media.execute(() -> expected.removeIf(one -> one.met == met));
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a condition is met or waited for", e);
    }
  }
}
