package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.preference.Decision;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RowKey;
import java.util.Optional;

/** A decision about backups that is not on the server yet, kept across restarts (PREF-RETRY). */
public final class StoredDecision {
  private static final RowKey ROW = new RowKey("backup preference", "", "");

  private StoredDecision() {}

  /** The decision, if there is one. */
  public static Optional<Decision> read(Archive archive) throws VaultException {
    return archive
        .use(room -> room.row(ROW))
        .map(row -> new String(row, UTF_8).split(" ", -1))
        .map(words -> new Decision(words[0].equals("on"), words[words.length - 1].equals("user")));
  }

  /** Keeps the decision; empty: it is on the server. */
  public static void write(Archive archive, Optional<Decision> decision) throws VaultException {
    ExtraWrites rows = new ExtraWrites();
    if (decision.isPresent()) {
      String text =
          (decision.get().on() ? "on" : "off") + (decision.get().byUser() ? " user" : " app");
      rows.put(ROW, text.getBytes(UTF_8));
    } else {
      rows.forget(ROW);
    }
    archive.use(
        room -> {
          room.write(rows);
          return true;
        });
  }
}
