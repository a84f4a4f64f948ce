package io.matrixrtc.homeserver.http;

import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.RequestLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The front without a socket, for clients in this process: the same stages, faults and request log
 * as behind a {@link Listener}. It never waits, so a long poll is a future that nobody completes.
 * Safe for many threads; futures complete where the server works.
 */
public final class DirectFront implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";

  private final RequestHandler handler;
  private final RequestLog log;
  private final int maxRequestBytes;

  /** In the order in which they were asked, which is that in which they fail. */
  private final Set<CompletableFuture<Answer.Bytes>> open =
      Collections.synchronizedSet(new LinkedHashSet<>());

  private volatile boolean closed;

  private DirectFront(RequestHandler handler, RequestLog log, int maxRequestBytes) {
    this.handler = handler;
    this.log = log;
    this.maxRequestBytes = maxRequestBytes;
  }

  /** A front for a route table. Answers are never compressed. */
  public static DirectFront of(
      Listener.Limits limits, Routes routes, Tokens tokens, Listener.Surroundings around) {
    return new DirectFront(
        new Dispatcher(routes, tokens, limits.rates(), around),
        around.log(),
        limits.maxRequestBytes());
  }

  /**
   * Asks, and takes the whole answer, whatever its status.
   *
   * @param uri path and query, encoded
   * @param body nobody may change it afterwards
   * @return fails with an {@link IOException} where a connection would have been lost
   */
  public CompletableFuture<Answer.Bytes> ask(
      String method, String uri, List<Map.Entry<String, String>> headers, byte[] body) {
    CompletableFuture<Answer.Bytes> answer = new CompletableFuture<>();
    open.add(answer);
    answer.whenComplete((done, failure) -> open.remove(answer));
    if (closed) {
      answer.completeExceptionally(new IOException("the server does not run"));
      return answer;
    }
    RawRequest raw;
    try {
      raw = new RawRequest(method, uri, headers, body, ADDRESS);
    } catch (MatrixException e) {
      drain(e.answer(), answer);
      return answer;
    }
    handle(raw).thenAccept(outcome -> answer(raw, outcome, answer));
    return answer;
  }

  private CompletableFuture<Outcome> handle(RawRequest raw) {
    if (raw.body().length <= maxRequestBytes) {
      return handler.handle(raw);
    }
    MatrixException tooLarge =
        new MatrixException(ErrorCode.M_TOO_LARGE, "Request is larger than " + maxRequestBytes);
    return CompletableFuture.completedFuture(Outcome.sent(tooLarge.answer(), Optional.empty()));
  }

  private void answer(RawRequest raw, Outcome outcome, CompletableFuture<Answer.Bytes> answer) {
    if (answer.isDone()) {
      outcome.answer().content().close(); // given up, or lost with a restart
      return;
    }
    if (log.isListening()) {
      log.tell(
          new Exchange(
              raw.method(),
              raw.uri(),
              raw.headers(),
              outcome.userId(),
              raw.body(),
              outcome.dropped() ? 0 : outcome.answer().status(),
              HttpFront.logged(outcome.answer())));
    }
    if (outcome.dropped()) {
      answer.completeExceptionally(new IOException("the connection was closed"));
    } else {
      drain(outcome.answer(), answer);
    }
  }

  private static void drain(Answer.Ready from, CompletableFuture<Answer.Bytes> to) {
    drain(from, from.content(), new ByteArrayOutputStream(), to);
  }

  private static void drain(
      Answer.Ready from,
      Body body,
      ByteArrayOutputStream sofar,
      CompletableFuture<Answer.Bytes> to) {
    body.next()
        .whenComplete(
            (piece, failure) -> {
              if (piece != null && piece.isPresent() && !to.isDone()) {
                sofar.writeBytes(piece.get());
                drain(from, body, sofar, to);
                return;
              }
              body.close();
              if (failure != null) {
                to.completeExceptionally(new IOException("the answer was cut short", failure));
              } else {
                to.complete(new Answer.Bytes(from.status(), sofar.toByteArray(), from.headers()));
              }
            });
  }

  /** Fails the open requests, and all that are asked from now on. Harmless if it is closed. */
  @Override
  public void close() {
    closed = true;
    IOException gone = new IOException("the connection was closed");
    List.of(open.toArray(new CompletableFuture<?>[0]))
        .forEach(answer -> answer.completeExceptionally(gone));
  }
}
