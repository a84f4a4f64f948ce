package io.matrixrtc.homeserver.http;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The beginning of another body. It then fails, or ends as if that was all. */
final class CutBody implements Body {
  private final Body whole;
  private final boolean asIfWhole;
  private long left;

  CutBody(Body whole, long bytes, boolean asIfWhole) {
    this.whole = whole;
    this.left = bytes;
    this.asIfWhole = asIfWhole;
  }

  @Override
  public CompletableFuture<Optional<byte[]>> next() {
    if (left == 0) {
      return asIfWhole
          ? CompletableFuture.completedFuture(Optional.empty())
          : CompletableFuture.failedFuture(new IOException("cut by a test"));
    }
    return whole.next().thenApply(piece -> piece.map(this::cut));
  }

  private byte[] cut(byte[] piece) {
    int length = (int) Math.min(left, piece.length);
    left -= length;
    return length == piece.length ? piece : Arrays.copyOf(piece, length);
  }
}
