package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** A device's way to the server: slow, lossy, rate-limited, sometimes gone. */
class FaultyNetwork implements RoomStatePublisher {
  /** What a HTTP client waits for an answer. */
  private static final Duration GIVES_UP = Duration.ofSeconds(10);

  private final SimulatedServer server;
  private final String user;
  private final SplittableRandom random;
  private final Deque<Instant> recent = new ArrayDeque<>();
  boolean up = true;

  /** Of a hundred requests so many are lost, so many answers, so many are refused. */
  int lost;

  int limited;
  int maxMillis = 300;

  /** The most requests in a minute. */
  int busiestMinute;

  FaultyNetwork(SimulatedServer server, String user, SplittableRandom random) {
    this.server = server;
    this.user = user;
    this.random = random;
  }

  @Override
  public CompletionStage<PublishOutcome> putState(
      String eventType, String stateKey, ObjectNode content) {
    return request(
        () -> server.publish(user, new OutgoingEvent.State(eventType, stateKey, content)),
        PublishOutcome.Unreachable::new,
        PublishOutcome.RateLimited::new);
  }

  @Override
  public CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
    return request(
        () -> server.publish(user, event),
        PublishOutcome.Unreachable::new,
        PublishOutcome.RateLimited::new);
  }

  @Override
  public CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
    return request(
        () -> server.schedule(user, event, delay),
        ScheduleOutcome.Unreachable::new,
        ScheduleOutcome.RateLimited::new);
  }

  @Override
  public CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
    return request(
        () -> server.update(id, action),
        DelayedUpdateOutcome.Unreachable::new,
        DelayedUpdateOutcome.RateLimited::new);
  }

  private <T> CompletionStage<T> request(
      Supplier<T> does,
      Function<String, T> unreachable,
      Function<Optional<Duration>, T> rateLimited) {
    count();
    CompletableFuture<T> answer = new CompletableFuture<>();
    Duration out = Duration.ofMillis(random.nextInt(maxMillis));
    Duration back = Duration.ofMillis(random.nextInt(maxMillis));
    boolean refusedAtOnce = !up && random.nextBoolean();
    boolean requestLost = !up || random.nextInt(100) < lost;
    boolean answerLost = random.nextInt(100) < lost;
    boolean limit = random.nextInt(100) < limited;
    if (refusedAtOnce) {
      later(Duration.ofMillis(1), answer, unreachable.apply("refused"));
      return answer;
    }
    server.time.schedule(
        server.time.now().plus(out),
        () -> {
          if (requestLost) {
            later(GIVES_UP, answer, unreachable.apply("lost"));
          } else if (!server.isUp()) {
            later(back, answer, unreachable.apply("502"));
          } else if (limit) {
            later(back, answer, rateLimited.apply(hint()));
          } else {
            T outcome = does.get();
            if (answerLost || !up) {
              later(GIVES_UP, answer, unreachable.apply("answer lost"));
            } else {
              later(back, answer, outcome);
            }
          }
        });
    return answer;
  }

  private Optional<Duration> hint() {
    return switch (random.nextInt(4)) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(Duration.ZERO);
      default -> Optional.of(Duration.ofMillis(random.nextInt(3_000)));
    };
  }

  private <T> void later(Duration after, CompletableFuture<T> answer, T outcome) {
    server.time.schedule(server.time.now().plus(after), () -> answer.complete(outcome));
  }

  private void count() {
    Instant now = server.time.now();
    recent.add(now);
    while (recent.peek().isBefore(now.minusSeconds(60))) {
      recent.remove();
    }
    busiestMinute = Math.max(busiestMinute, recent.size());
  }
}
