package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RowKey;
import java.time.Instant;
import java.util.Optional;

/** A row for each key of which it is known when it came to this device. */
final class FirstSeenRows {
  private static final String KIND = "key first seen";

  private FirstSeenRows() {}

  private static RowKey key(RoomKeyId id) {
    return new RowKey(KIND, id.roomId(), id.sessionId());
  }

  static void put(ExtraWrites rows, RoomKeyId id, Instant now) {
    rows.put(key(id), Long.toString(now.toEpochMilli()).getBytes(UTF_8));
  }

  static Optional<Instant> of(RoomKeyArchive room, RoomKeyId id) throws CryptoStoreException {
    return room.row(key(id))
        .map(row -> Instant.ofEpochMilli(Long.parseLong(new String(row, UTF_8))));
  }
}
