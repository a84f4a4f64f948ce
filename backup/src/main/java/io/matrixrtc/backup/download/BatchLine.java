package io.matrixrtc.backup.download;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.roomkey.VaultException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The batches of a spool, one after another: the next ones are opened while one is written. */
final class BatchLine implements AutoCloseable {
  /** As many are begun ahead: with one, nobody would open while the second one is read. */
  static final int AHEAD = 2;

  private final Spool spool;
  private final BackupKey key;
  private final DownloadStore store;
  private final String version;
  private final OpenerPool workers;
  private final Deque<BatchOpener> ahead = new ArrayDeque<>();

  BatchLine(Spool spool, BackupKey key, DownloadStore store, String version, OpenerPool workers) {
    this.spool = spool;
    this.key = key;
    this.store = store;
    this.version = version;
    this.workers = workers;
  }

  /**
   * Returns the batch at {@code checkpoint}, the caller's to close: the one that was begun ahead,
   * if there is one, otherwise one of at most {@code frames}. Empty if the spool is not what was
   * written.
   */
  Optional<BatchOpener> take(long checkpoint, int frames) throws IOException, VaultException {
    BatchOpener begun = ahead.peekFirst();
    if (begun != null && begun.start() == checkpoint) {
      return Optional.of(ahead.removeFirst());
    }
    close();
    return begin(checkpoint, frames);
  }

  /**
   * Begins with the batches from {@code place} on, of at most {@code frames} each, which is where
   * those that were begun start. What is damaged, or not there yet, is left to {@link #take}.
   */
  void beginAhead(long place, int frames) throws IOException, VaultException {
    long next = place;
    for (BatchOpener begun : ahead) {
      next = begun.next();
    }
    while (ahead.size() < AHEAD) {
      Optional<BatchOpener> batch = begin(next, frames);
      if (batch.isEmpty() || batch.get().frames() == 0) {
        batch.ifPresent(BatchOpener::close);
        return;
      }
      ahead.addLast(batch.get());
      next = batch.get().next();
    }
  }

  private Optional<BatchOpener> begin(long place, int frames) throws IOException, VaultException {
    return BatchOpener.begin(spool, place, frames, key, store, version, workers);
  }

  /** Wipes what was opened ahead. */
  @Override
  public void close() {
    while (!ahead.isEmpty()) {
      ahead.removeFirst().close();
    }
  }
}
