package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.service.BackupSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An answer that comes on the client's threads, for a thread that reads it. The next bytes are
 * asked for when the last ones were read, so that no more than these are held.
 */
final class AnswerInput extends InputStream implements BackupSource.Body {
  private static final int FAILED = -2;
  private static final int ENDED = -1;

  /** What came: bytes, or how it ended. */
  private record Part(byte[] bytes, int end, CompletableFuture<Void> read) {
    static Part end(int how) {
      return new Part(new byte[0], how, new CompletableFuture<>());
    }
  }

  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private Part part = new Part(new byte[0], 0, new CompletableFuture<>());
  private int at;

  @Override
  public CompletionStage<Void> take(byte[] bytes) {
    CompletableFuture<Void> read = new CompletableFuture<>();
    parts.add(new Part(bytes, 0, read));
    return read;
  }

  @Override
  public void ended() {
    parts.add(Part.end(ENDED));
  }

  @Override
  public void failed(FetchFailure failure) {
    parts.add(Part.end(FAILED));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (at == part.bytes().length && part.end() == 0) {
      part.read().complete(null);
      try {
        part = parts.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
      at = 0;
    }
    if (part.end() == FAILED) {
      throw new IOException("the answer broke off");
    }
    int count = Math.min(length, part.bytes().length - at);
    System.arraycopy(part.bytes(), at, into, offset, count);
    at += count;
    return part.end() == ENDED ? -1 : count;
  }
}
