package io.matrixrtc.benchmarks.restore;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.SavedAnswer;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.nio.file.Path;

/** A file, and a store without a client. */
final class SavedPlace implements BackupPlace {
  private final SavedAnswer answer;
  private final OfflineRoomKeys keys;

  private SavedPlace(SavedAnswer answer, OfflineRoomKeys keys) {
    this.answer = answer;
    this.keys = keys;
  }

  static SavedPlace open(Path answer, BackupKey key, SqliteCryptoStore store, BackupThreads threads)
      throws IOException {
    return new SavedPlace(
        new SavedAnswer(answer, key, threads.reader()),
        OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure()));
  }

  @Override
  public BackupSource source() {
    return answer;
  }

  @Override
  public BackupVersion version() {
    return answer.savedVersion();
  }

  @Override
  public Archive archive() {
    return Archive.of(keys.keys());
  }

  @Override
  public void close() {
    keys.close();
  }
}
