package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.download.DamagedEntry;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A row for each damaged entry of the download. */
final class DamagedRows {
  private static final String KIND = "backup damaged";
  private static final int PAGE = 1_000;

  private DamagedRows() {}

  static void put(ExtraWrites rows, DamagedEntry entry) {
    rows.put(
        new RowKey(KIND, entry.roomId(), entry.sessionId()), entry.reason().name().getBytes(UTF_8));
  }

  static List<DamagedEntry> all(RoomKeyArchive room) throws CryptoStoreException {
    List<DamagedEntry> all = new ArrayList<>();
    Optional<RowKey> after = Optional.empty();
    while (true) {
      Map<RowKey, byte[]> page = room.rows(KIND, after, PAGE);
      for (Map.Entry<RowKey, byte[]> row : page.entrySet()) {
        String reason = new String(row.getValue(), UTF_8);
        all.add(
            new DamagedEntry(row.getKey().scope(), row.getKey().name(), Reason.valueOf(reason)));
        after = Optional.of(row.getKey());
      }
      if (page.size() < PAGE) {
        return all;
      }
    }
  }

  static void forgetAll(RoomKeyArchive room, ExtraWrites rows) throws CryptoStoreException {
    for (DamagedEntry entry : all(room)) {
      rows.forget(new RowKey(KIND, entry.roomId(), entry.sessionId()));
    }
  }
}
