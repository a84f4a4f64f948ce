package io.matrixrtc.benchmarks.restore;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import java.io.IOException;
import java.nio.file.Path;

/** Where a backup is restored from, and the room keys that it is restored into. */
interface BackupPlace extends AutoCloseable {
  /** Makes one. */
  @FunctionalInterface
  interface Opener {
    /**
     * @param answer a file with the answer to {@code GET /room_keys/keys}
     * @param store stays the caller's to close, after the place
     */
    BackupPlace open(Path answer, BackupKey key, SqliteCryptoStore store, BackupThreads threads)
        throws IOException, InterruptedException, CryptoStoreException;
  }

  BackupSource source();

  BackupVersion version();

  Archive archive();

  @Override
  void close();
}
