package io.matrixrtc.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** {@link HttpTransport} over {@code java.net.http}. One serves any number of clients. */
public final class JdkHttpTransport implements HttpTransport {
  /** How long connecting may take. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Largest answer that is read; a larger one counts as no answer (HTTP-SIZE). */
  public static final int MAX_ANSWER_BYTES = 64 << 20;

  private final HttpClient client;

  /** Uses threads of {@code executor}, which it does not shut down. */
  public JdkHttpTransport(Executor executor) {
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER) // HTTP-REDIRECT: a token goes to one host
            .executor(executor)
            .build();
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    CompletableFuture<HttpResponse<String>> exchange =
        begin(call, info -> new BoundedBody(MAX_ANSWER_BYTES));
    // HTTP-TIMEOUT: the request's own limit ends with the answer's headers; this one covers its
    // body, too.
    CompletableFuture<HttpAnswer> answer =
        exchange
            .copy()
            .orTimeout(call.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .thenApply(JdkHttpTransport::answer);
    answer.whenComplete((done, error) -> exchange.cancel(true)); // cancelling the answer, too
    return answer;
  }

  @Override
  public CompletionStage<HttpAnswer> stream(HttpCall call, BodySink sink) {
    CompletableFuture<HttpResponse<String>> exchange =
        begin(
            call,
            info ->
                info.statusCode() / 100 == 2
                    ? new StreamedBody(sink, call.timeout())
                    : new BoundedBody(MAX_ANSWER_BYTES));
    CompletableFuture<HttpAnswer> answer = exchange.copy().thenApply(JdkHttpTransport::answer);
    answer.whenComplete((done, error) -> exchange.cancel(true)); // cancelling the answer, too
    return answer;
  }

  /** HTTP-ENDED: threads that were shut down are a request without an answer. */
  private CompletableFuture<HttpResponse<String>> begin(
      HttpCall call, HttpResponse.BodyHandler<String> body) {
    try {
      return client.sendAsync(request(call).build(), body);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new IOException("the threads were shut down", e));
    }
  }

  private static HttpRequest.Builder request(HttpCall call) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.uri())
            .version(version(call))
            .timeout(call.timeout())
            .method(call.method(), body(call));
    call.token().ifPresent(token -> request.header("Authorization", "Bearer " + token.reveal()));
    if (call.file().isPresent()) {
      request.header("Content-Type", call.file().get().contentType());
    } else if (call.body().isPresent()) {
      request.header("Content-Type", "application/json");
    }
    return request;
  }

  /** No attempt to upgrade a plain connection: reverse proxies tend to stumble over it. */
  private static HttpClient.Version version(HttpCall call) {
    return "https".equalsIgnoreCase(call.uri().getScheme())
        ? HttpClient.Version.HTTP_2
        : HttpClient.Version.HTTP_1_1;
  }

  private static HttpRequest.BodyPublisher body(HttpCall call) {
    if (call.file().isPresent()) {
      return HttpRequest.BodyPublishers.ofByteArray(call.file().get().bytes());
    }
    return call.body().isPresent()
        ? HttpRequest.BodyPublishers.ofString(call.body().get(), StandardCharsets.UTF_8)
        : HttpRequest.BodyPublishers.noBody();
  }

  private static HttpAnswer answer(HttpResponse<String> response) {
    return new HttpAnswer(
        response.statusCode(),
        response.headers().firstValue("Retry-After"),
        response.headers().firstValue("Location"),
        response.body());
  }

  /** Idle connections end by themselves. */
  @Override
  public void close() {}
}
