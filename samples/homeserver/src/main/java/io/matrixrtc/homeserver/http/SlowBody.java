package io.matrixrtc.homeserver.http;

import io.matrixrtc.homeserver.time.TimeSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Another body in small pieces, with a pause before each. */
final class SlowBody implements Body {
  private final Body whole;
  private final int pieceBytes;
  private final Duration pause;
  private final TimeSource time;
  private byte[] piece = {};
  private int at;

  SlowBody(Body whole, int pieceBytes, Duration pause, TimeSource time) {
    this.whole = whole;
    this.pieceBytes = pieceBytes;
    this.pause = pause;
    this.time = time;
  }

  @Override
  public CompletableFuture<Optional<byte[]>> next() {
    CompletableFuture<Void> waited = new CompletableFuture<>();
    time.after(pause, () -> waited.complete(null));
    return waited.thenCompose(v -> slice());
  }

  private CompletableFuture<Optional<byte[]>> slice() {
    if (at < piece.length) {
      int end = Math.min(piece.length, at + pieceBytes);
      byte[] slice = Arrays.copyOfRange(piece, at, end);
      at = end;
      return CompletableFuture.completedFuture(Optional.of(slice));
    }
    return whole
        .next()
        .thenCompose(
            next -> {
              if (next.isEmpty()) {
                return CompletableFuture.completedFuture(next);
              }
              piece = next.get();
              at = 0;
              return slice();
            });
  }
}
