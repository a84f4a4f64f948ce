package io.matrixrtc.client;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers calls one by one with what the test wrote down, and fails on any call beyond that. */
final class ScriptedHttp implements HttpTransport {
  private final Queue<CompletableFuture<HttpAnswer>> script = new ArrayDeque<>();
  private final List<HttpCall> calls = new ArrayList<>();

  ScriptedHttp ok(String body) {
    return status(200, body);
  }

  ScriptedHttp status(int status, String body) {
    return next(CompletableFuture.completedFuture(answer(status, Map.of(), body)));
  }

  ScriptedHttp limited(Optional<String> retryAfter, String body) {
    return next(CompletableFuture.completedFuture(new HttpAnswer(429, retryAfter, body)));
  }

  /** No answer; whether the request was carried out stays open. */
  ScriptedHttp lost() {
    return next(CompletableFuture.failedFuture(new IOException("connection reset")));
  }

  ScriptedHttp fails(Exception why) {
    return next(CompletableFuture.failedFuture(why));
  }

  /** Forgets the answers that were not asked for. */
  ScriptedHttp skip() {
    script.clear();
    return this;
  }

  /** An answer that the test gives when it likes. */
  CompletableFuture<HttpAnswer> open() {
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    next(answer);
    return answer;
  }

  private ScriptedHttp next(CompletableFuture<HttpAnswer> answer) {
    script.add(answer);
    return this;
  }

  static HttpAnswer answer(int status, Map<String, String> headers, String body) {
    return new HttpAnswer(status, Optional.ofNullable(headers.get("Retry-After")), body);
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    CompletableFuture<HttpAnswer> answer = script.poll();
    if (answer == null) {
      throw new AssertionError("a call that the script does not hold: " + call);
    }
    return answer;
  }

  List<HttpCall> calls() {
    return List.copyOf(calls);
  }

  HttpCall last() {
    return calls.get(calls.size() - 1);
  }

  @Override
  public void close() {}
}
