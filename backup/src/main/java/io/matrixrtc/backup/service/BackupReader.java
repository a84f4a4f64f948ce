package io.matrixrtc.backup.service;

import io.matrixrtc.backup.download.EntryScanner;
import io.matrixrtc.backup.download.EntrySink;
import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.roomkey.VaultException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Reads a whole backup on the thread that wants it, as it comes: the next bytes are asked for when
 * the last ones are dealt with, so that no more than these are held.
 */
public final class BackupReader {
  private BackupReader() {}

  /** What answers is not a backup, nor the beginning of one. */
  public static final class NotABackupException extends IOException {
    private static final long serialVersionUID = 1L;

    NotABackupException() {
      super("what the homeserver sends is not a backup");
    }
  }

  /** Something that came of an answer; no bytes at its end. */
  private record Arrival(
      Optional<byte[]> bytes, CompletableFuture<Void> taken, Optional<FetchFailure> failure) {
    static Arrival end(Optional<FetchFailure> failure) {
      return new Arrival(Optional.empty(), new CompletableFuture<>(), failure);
    }
  }

  /**
   * Hands every entry of a version to {@code sink}, on this thread. Blocks as long as that takes.
   *
   * @throws NotABackupException if the answer is something else
   * @throws IOException if it does not come to its end
   * @throws VaultException if {@code sink} says so
   */
  public static void read(BackupSource source, String version, EntrySink sink)
      throws IOException, VaultException, InterruptedException {
    BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    EntryScanner scanner = EntryScanner.ofBackup(sink);
    BackupSource.Reading reading = source.read(version, new Incoming(arrivals));
    try {
      Arrival next = arrivals.take();
      while (next.bytes().isPresent() && !scanner.isMalformed()) {
        scanner.feed(next.bytes().get(), next.bytes().get().length);
        next.taken().complete(null);
        next = arrivals.take();
      }
      if (scanner.isMalformed()) {
        throw new NotABackupException();
      }
      if (next.failure().isPresent() || !scanner.isWhole()) {
        throw new IOException("its answer did not come to its end. Try again");
      }
    } finally {
      reading.cancel();
    }
  }

  /** Hands what comes to the thread that reads: the transport must not wait for it. */
  private record Incoming(BlockingQueue<Arrival> arrivals) implements BackupSource.Body {
    @Override
    public CompletionStage<Void> take(byte[] bytes) {
      CompletableFuture<Void> taken = new CompletableFuture<>();
      arrivals.add(new Arrival(Optional.of(bytes), taken, Optional.empty()));
      return taken;
    }

    @Override
    public void ended() {
      arrivals.add(Arrival.end(Optional.empty()));
    }

    @Override
    public void failed(FetchFailure failure) {
      arrivals.add(Arrival.end(Optional.of(failure)));
    }
  }
}
