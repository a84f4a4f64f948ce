package io.matrixrtc.client;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Carries HTTP requests. Safe for many threads. */
public interface HttpTransport extends AutoCloseable {

  /**
   * Sends a request once. Whoever does not need the answer any more cancels the stage's future, if
   * it is one; the request may then end early.
   *
   * @return completes with the answer, whatever its status; exceptionally with an {@code
   *     IOException} if there was none in time, in which case the server may have acted or not
   */
  CompletionStage<HttpAnswer> send(HttpCall call);

  /**
   * As {@link #send}, but hands the body of an answer that says yes (2xx) to {@code sink} as it
   * comes, and gives the answer without it once the sink has taken all. The call's time limit is
   * then for the time in which nothing comes. Other answers come whole (HTTP-STREAM).
   */
  default CompletionStage<HttpAnswer> stream(HttpCall call, BodySink sink) {
    return send(call)
        .thenCompose(
            answer -> {
              if (answer.status() / 100 != 2) {
                return CompletableFuture.completedFuture(answer);
              }
              byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
              HttpAnswer bare =
                  new HttpAnswer(answer.status(), answer.retryAfter(), answer.location(), "");
              return sink.take(body).thenApply(taken -> bare);
            });
  }

  /** Lets go of connections. Requests under way may fail. */
  @Override
  void close();
}
