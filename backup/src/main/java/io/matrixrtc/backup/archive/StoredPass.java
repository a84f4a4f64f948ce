package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RowKey;
import java.time.Instant;
import java.util.Optional;

/** When the whole of a backup was last begun to be fetched, kept across restarts (DL-PASS). */
public final class StoredPass {
  private static final RowKey ROW = new RowKey("backup pass", "", "");

  private StoredPass() {}

  /** The time, if it was written. */
  public static Optional<Instant> read(Archive archive) throws VaultException {
    return archive
        .use(room -> room.row(ROW))
        .map(row -> Instant.ofEpochMilli(Long.parseLong(new String(row, UTF_8))));
  }

  /** Keeps the time. */
  public static void write(Archive archive, Instant time) throws VaultException {
    byte[] row = Long.toString(time.toEpochMilli()).getBytes(UTF_8);
    archive.use(
        room -> {
          room.write(new ExtraWrites().put(ROW, row));
          return true;
        });
  }
}
