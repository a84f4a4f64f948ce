package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RowKey;

/**
 * The names under which the store marks keys as part of a backup version. All marks are forgotten
 * at once, however many keys there are, by naming versions differently from then on.
 */
final class BackupMarks {
  private static final RowKey ROW = new RowKey("backup marks", "", "");

  private BackupMarks() {}

  /** The mark of a version; a version's name holds no line end. */
  static String of(RoomKeyArchive keys, String version) throws CryptoStoreException {
    long forgotten = forgotten(keys);
    return forgotten == 0 ? version : version + "\n" + forgotten;
  }

  static void forgetAll(RoomKeyArchive keys) throws CryptoStoreException {
    byte[] next = Long.toString(forgotten(keys) + 1).getBytes(UTF_8);
    keys.write(new ExtraWrites().put(ROW, next));
  }

  private static long forgotten(RoomKeyArchive keys) throws CryptoStoreException {
    return keys.row(ROW).map(row -> Long.parseLong(new String(row, UTF_8))).orElse(0L);
  }
}
