package io.matrixrtc.backup.download;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.roomkey.VaultException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The batches of a spool, one after another: the next one is opened while one is written. */
final class BatchLine implements AutoCloseable {
  private final Spool spool;
  private final BackupKey key;
  private final DownloadStore store;
  private final String version;
  private final OpenerPool workers;
  private @Nullable BatchOpener ahead;

  BatchLine(Spool spool, BackupKey key, DownloadStore store, String version, OpenerPool workers) {
    this.spool = spool;
    this.key = key;
    this.store = store;
    this.version = version;
    this.workers = workers;
  }

  /**
   * Returns the batch at {@code checkpoint}, the caller's to close: the one that was begun ahead,
   * unless there was nothing there then. Empty if the spool is not what was written.
   */
  Optional<BatchOpener> take(long checkpoint) throws IOException, VaultException {
    BatchOpener begun = ahead;
    ahead = null;
    if (begun != null && begun.start() == checkpoint && begun.frames() > 0) {
      return Optional.of(begun);
    }
    if (begun != null) {
      begun.close();
    }
    return begin(checkpoint);
  }

  /** Begins with the batch at {@code place}. */
  void beginAhead(long place) throws IOException, VaultException {
    close();
    ahead = begin(place).orElse(null);
  }

  private Optional<BatchOpener> begin(long place) throws IOException, VaultException {
    return BatchOpener.begin(spool, place, key, store, version, workers);
  }

  /** Wipes what was opened ahead. */
  @Override
  public void close() {
    BatchOpener begun = ahead;
    ahead = null;
    if (begun != null) {
      begun.close();
    }
  }
}
