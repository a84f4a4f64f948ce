package io.matrixrtc.benchmarks.call;

import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what a benchmark's devices do. */
final class Waiting {
  private static final long LIMIT_SECONDS = 120;

  private Waiting() {}

  static <T> T of(CompletionStage<T> stage) throws IOException, InterruptedException {
    try {
      return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer in " + LIMIT_SECONDS + " s", e);
    }
  }
}
