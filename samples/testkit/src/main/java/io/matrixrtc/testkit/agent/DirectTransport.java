package io.matrixrtc.testkit.agent;

import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Carries requests to a homeserver of this process without a socket. Each way takes between half a
 * millisecond and two and a half of the scheduler's time, drawn from a seed: as on a real network,
 * no two things that different devices do fall on the same instant by themselves. A request's draw
 * depends on its endpoint and on how many of these went before, not on other requests of the same
 * instant, whose order may hang on the ids of the day.
 *
 * <p>Answers, failures and the time limit come as tasks of the scheduler.
 */
public final class DirectTransport implements HttpTransport {
  private static final Pattern DRAWN = Pattern.compile("[0-9%!$]|^(?=.*[A-Z]).{13,}$");
  private static final long LEAST_NANOS = 500_000;
  private static final long MOST_NANOS = 2_500_000;

  private final EmbeddedHomeserver server;
  private final SerialScheduler tasks;
  private final long seed;
  private final Map<String, Integer> sent = new ConcurrentHashMap<>();

  /** Asks {@code server} in the time of {@code tasks}. */
  public DirectTransport(EmbeddedHomeserver server, SerialScheduler tasks, long seed) {
    this.server = server;
    this.tasks = tasks;
    this.seed = seed;
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    SerialScheduler.Timer limit =
        tasks.schedule(
            tasks.now().plus(call.timeout()),
            () -> answer.completeExceptionally(new IOException("no answer in time")));
    var ended = answer.whenComplete((done, failure) -> limit.cancel());
    SplittableRandom way = way(call);
    after(time(way), () -> ask(call, answer, time(way)));
    return answer;
  }

  private void ask(HttpCall call, CompletableFuture<HttpAnswer> answer, Duration back) {
    if (answer.isDone()) {
      return;
    }
    CompletableFuture<Answer.Bytes> asked =
        server.ask(call.method(), pathAndQuery(call), headers(call), body(call));
    var ended = answer.whenComplete((done, failure) -> asked.cancel(false));
    var unused =
        asked.whenComplete(
            (done, failure) -> {
              if (!answer.isDone()) {
                after(back, () -> arrive(done, failure, answer));
              }
            });
  }

  private static void arrive(
      Answer.Bytes done, Throwable failure, CompletableFuture<HttpAnswer> answer) {
    if (failure != null) {
      answer.completeExceptionally(failure);
      return;
    }
    answer.complete(
        new HttpAnswer(
            done.status(),
            header(done, "Retry-After"),
            header(done, "Location"),
            new String(done.bytes(), StandardCharsets.UTF_8)));
  }

  private static Optional<String> header(Answer.Bytes answer, String name) {
    return answer.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static String pathAndQuery(HttpCall call) {
    String query = call.uri().getRawQuery();
    return query == null ? call.uri().getRawPath() : call.uri().getRawPath() + "?" + query;
  }

  private static List<Map.Entry<String, String>> headers(HttpCall call) {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    call.token()
        .ifPresent(token -> headers.add(Map.entry("Authorization", "Bearer " + token.reveal())));
    if (call.file().isPresent()) {
      headers.add(Map.entry("Content-Type", call.file().get().contentType()));
    } else if (call.body().isPresent()) {
      headers.add(Map.entry("Content-Type", "application/json"));
    }
    return headers;
  }

  private static byte[] body(HttpCall call) {
    if (call.file().isPresent()) {
      return call.file().get().bytes();
    }
    return call.body().orElse("").getBytes(StandardCharsets.UTF_8);
  }

  private void after(Duration delay, Runnable task) {
    var unused = tasks.schedule(tasks.now().plus(delay), task);
  }

  private SplittableRandom way(HttpCall call) {
    String endpoint = call.method() + endpoint(call.uri().getRawPath());
    int before = sent.merge(endpoint, 1, Integer::sum);
    return new SplittableRandom(seed * 31 + endpoint.hashCode() * 1_000_003L + before);
  }

  /** The path without what is drawn anew in each run: rooms, events, transactions. */
  private static String endpoint(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(part -> DRAWN.matcher(part).results().findAny().isEmpty())
        .collect(Collectors.joining("/"));
  }

  private static Duration time(SplittableRandom way) {
    return Duration.ofNanos(way.nextLong(LEAST_NANOS, MOST_NANOS));
  }

  @Override
  public void close() {}
}
