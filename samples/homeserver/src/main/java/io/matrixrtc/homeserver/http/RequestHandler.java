package io.matrixrtc.homeserver.http;

import java.util.concurrent.CompletableFuture;

/** Answers the requests that a {@link Listener} reads. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Called on a server thread, which it must not hold up. Its future completes on any thread and
   * never with a failure.
   */
  CompletableFuture<Outcome> handle(RawRequest request);
}
