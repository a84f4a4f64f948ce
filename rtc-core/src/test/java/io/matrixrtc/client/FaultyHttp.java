package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A network that does to each call, by its dice, one of the things that networks do. */
final class FaultyHttp implements HttpTransport {
  private final HttpTransport server;
  private final SerialScheduler time;
  private final SplittableRandom random;
  private final Map<Fault, Integer> met;

  /** How many calls of a hundred meet a fault. */
  int percent;

  enum Fault {
    LOST_BEFORE,
    LOST_AFTER,
    LIMITED,
    SERVER_ERROR,
    TWICE,
    SLOW,
    HUNG
  }

  FaultyHttp(
      HttpTransport server,
      SerialScheduler time,
      SplittableRandom random,
      EnumMap<Fault, Integer> met) {
    this.server = server;
    this.time = time;
    this.random = random;
    this.met = met;
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    if (random.nextInt(100) >= percent) {
      return server.send(call);
    }
    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
    met.merge(fault, 1, Integer::sum);
    return switch (fault) {
      case LOST_BEFORE -> CompletableFuture.failedFuture(new IOException("connection refused"));
      case LOST_AFTER -> {
        server.send(call);
        yield CompletableFuture.failedFuture(new IOException("connection reset"));
      }
      case LIMITED -> done(new HttpAnswer(429, retryAfter(), "{}"));
      case SERVER_ERROR ->
          done(new HttpAnswer(500 + random.nextInt(5), Optional.empty(), "<html>"));
      case TWICE -> {
        server.send(call);
        yield server.send(call);
      }
      case SLOW -> later(server.send(call), Duration.ofMillis(random.nextInt(12_000)));
      case HUNG -> {
        server.send(call);
        yield new CompletableFuture<>();
      }
    };
  }

  private Optional<String> retryAfter() {
    return random.nextBoolean()
        ? Optional.of(Integer.toString(random.nextInt(5)))
        : Optional.empty();
  }

  private CompletionStage<HttpAnswer> later(CompletionStage<HttpAnswer> answer, Duration wait) {
    CompletableFuture<HttpAnswer> end = new CompletableFuture<>();
    answer.thenAccept(value -> time.schedule(time.now().plus(wait), () -> end.complete(value)));
    return end;
  }

  private static CompletionStage<HttpAnswer> done(HttpAnswer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  public void close() {}
}
