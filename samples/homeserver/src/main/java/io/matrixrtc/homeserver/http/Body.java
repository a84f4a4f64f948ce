package io.matrixrtc.homeserver.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The body of an answer in pieces, of which the front holds one at a time. Read once. */
@FunctionalInterface
public interface Body {

  /**
   * The next piece, or empty at the end. Called again only when the piece before has been written.
   * A failure cuts the answer: the client sees a connection that closes in the middle.
   */
  CompletableFuture<Optional<byte[]>> next();

  /** A body of one piece. */
  static Body of(byte[] whole) {
    boolean[] given = new boolean[1];
    return () -> {
      Optional<byte[]> piece = given[0] ? Optional.empty() : Optional.of(whole);
      given[0] = true;
      return CompletableFuture.completedFuture(piece);
    };
  }
}
