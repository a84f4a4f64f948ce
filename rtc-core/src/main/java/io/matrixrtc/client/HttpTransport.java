package io.matrixrtc.client;

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

  /** Lets go of connections. Requests under way may fail. */
  @Override
  void close();
}
