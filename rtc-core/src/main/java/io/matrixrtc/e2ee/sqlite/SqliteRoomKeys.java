package io.matrixrtc.e2ee.sqlite;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.matrixrtc.e2ee.BackupCount;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.RoomKeyChanges;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.RoomKeyStore;
import io.matrixrtc.e2ee.Sealed;
import io.matrixrtc.e2ee.StoredRoomKey;
import io.matrixrtc.e2ee.WithheldCode;
import io.matrixrtc.e2ee.WithheldRoomKey;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The room keys of a {@link SqliteCryptoStore}. */
final class SqliteRoomKeys implements RoomKeyStore {
  private static final String SELECT =
      "SELECT room_id, session_id, sealed_info, sealed FROM room_key ";

  /** All sessions of a list in one room: SQLite looks each one up in the primary key. */
  private static final String SELECT_OF_LIST =
      SELECT + "WHERE room_id = ? AND session_id IN (SELECT value FROM json_each(?))";

  private static final String COLUMNS = "room_id, session_id, sender_key, sealed_info, sealed";
  private static final String BETTER =
      " ON CONFLICT (room_id, session_id) DO UPDATE SET sender_key = excluded.sender_key,"
          + " sealed_info = excluded.sealed_info, sealed = excluded.sealed";
  private static final String WRITE =
      "INSERT INTO room_key (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?)" + BETTER;
  private static final String WRITE_UNMARKED = WRITE + ", backup_version = NULL";
  private static final String WRITE_MARKED =
      "INSERT INTO room_key ("
          + COLUMNS
          + ", backup_version) VALUES (?, ?, ?, ?, ?, ?)"
          + BETTER
          + ", backup_version = excluded.backup_version";

  private final Database database;
  private final SealedRows rows;
  private final SqliteRows roomRows;

  SqliteRoomKeys(Database database, SealedRows rows) {
    this.database = database;
    this.rows = rows;
    this.roomRows = new SqliteRows(database, "room_row");
  }

  @Override
  public Optional<StoredRoomKey> roomKey(RoomKeyId id) throws CryptoStoreException {
    return database.first(
        this::key, SELECT + "WHERE room_id = ? AND session_id = ?", id.roomId(), id.sessionId());
  }

  @Override
  public Map<RoomKeyId, StoredRoomKey> roomKeys(Collection<RoomKeyId> ids)
      throws CryptoStoreException {
    Map<String, ArrayNode> rooms = new HashMap<>();
    for (RoomKeyId id : ids) {
      rooms
          .computeIfAbsent(id.roomId(), room -> Json.mapper().createArrayNode())
          .add(id.sessionId());
    }
    Map<RoomKeyId, StoredRoomKey> held = new HashMap<>();
    for (Map.Entry<String, ArrayNode> room : rooms.entrySet()) {
      for (StoredRoomKey key :
          database.query(this::key, SELECT_OF_LIST, room.getKey(), room.getValue().toString())) {
        held.put(key.id(), key);
      }
    }
    return held;
  }

  @Override
  public List<StoredRoomKey> roomKeysFrom(Curve25519PublicKey senderKey)
      throws CryptoStoreException {
    return database.query(this::key, SELECT + "WHERE sender_key = ?", senderKey.toBytes());
  }

  @Override
  public List<StoredRoomKey> roomKeys(Optional<RoomKeyId> after, int limit)
      throws CryptoStoreException {
    String order = "ORDER BY room_id, session_id LIMIT ?";
    if (after.isEmpty()) {
      return database.query(this::key, SELECT + order, limit);
    }
    return database.query(
        this::key,
        SELECT + "WHERE (room_id, session_id) > (?, ?) " + order,
        after.get().roomId(),
        after.get().sessionId(),
        limit);
  }

  @Override
  public List<StoredRoomKey> notBackedUp(String version, int limit) throws CryptoStoreException {
    // Three ranges of the index: what is done is not gone through again
    List<StoredRoomKey> found = new ArrayList<>();
    for (String range : List.of("IS NULL", "< ?", "> ?")) {
      String where = SELECT + "WHERE backup_version " + range + " LIMIT ?";
      int rest = limit - found.size();
      found.addAll(
          range.equals("IS NULL")
              ? database.query(this::key, where, rest)
              : database.query(this::key, where, version, rest));
    }
    return found;
  }

  @Override
  public Optional<String> backupVersion(RoomKeyId id) throws CryptoStoreException {
    return database
        .first(
            row -> Optional.ofNullable(row.getString(1)),
            "SELECT backup_version FROM room_key WHERE room_id = ? AND session_id = ?",
            id.roomId(),
            id.sessionId())
        .flatMap(version -> version);
  }

  @Override
  public BackupCount backupCount(String version) throws CryptoStoreException {
    return new BackupCount(
        count("SELECT count(*) FROM room_key"),
        count("SELECT count(*) FROM room_key WHERE backup_version = ?", version));
  }

  private long count(String sql, Object... values) throws CryptoStoreException {
    return database.first(row -> row.getLong(1), sql, values).orElse(0L);
  }

  @Override
  public SqliteRows roomRows() {
    return roomRows;
  }

  private StoredRoomKey key(ResultSet row) throws SQLException, CryptoStoreException {
    RoomKeyId id = new RoomKeyId(row.getString(1), row.getString(2));
    RoomKeyInfo info =
        rows.open(
            row.getBytes(3),
            lines -> StoredText.roomKey(id, lines),
            SealedRows.ROOM_KEY_FACTS,
            id.roomId(),
            id.sessionId());
    return new StoredRoomKey(info, Sealed.of(row.getBytes(4)));
  }

  @Override
  public Optional<WithheldRoomKey> withheld(RoomKeyId id) throws CryptoStoreException {
    return database.first(
        row -> new WithheldRoomKey(id, WithheldCode.valueOf(row.getString(1)), row.getString(2)),
        "SELECT code, sender FROM withheld_room_key WHERE room_id = ? AND session_id = ?",
        id.roomId(),
        id.sessionId());
  }

  @Override
  public Optional<String> decryptedEvent(RoomKeyId id, long index) throws CryptoStoreException {
    return database.first(
        row -> row.getString(1),
        "SELECT event_id FROM decrypted_event"
            + " WHERE room_id = ? AND session_id = ? AND message_index = ?",
        id.roomId(),
        id.sessionId(),
        index);
  }

  @Override
  public Optional<Long> lastDecryptedIndex(RoomKeyId id) throws CryptoStoreException {
    return database.first(
        row -> row.getLong(1),
        "SELECT message_index FROM decrypted_event WHERE room_id = ? AND session_id = ?"
            + " ORDER BY message_index DESC LIMIT 1",
        id.roomId(),
        id.sessionId());
  }

  void write(RoomKeyChanges changes) throws CryptoStoreException {
    for (RoomKeyId id : changes.forgotten()) {
      database.update(
          "DELETE FROM room_key WHERE room_id = ? AND session_id = ?", id.roomId(), id.sessionId());
    }
    Map<RoomKeyId, Optional<String>> marks = new HashMap<>(changes.backupMarks());
    for (StoredRoomKey key : changes.keys()) {
      write(key, Optional.ofNullable(marks.remove(key.id())));
    }
    for (WithheldRoomKey notice : changes.withheld()) { // a repeated one counts as new
      database.update(
          "INSERT OR REPLACE INTO withheld_room_key (room_id, session_id, code, sender)"
              + " VALUES (?, ?, ?, ?)",
          notice.id().roomId(),
          notice.id().sessionId(),
          notice.code().name(),
          notice.sender());
    }
    if (!changes.withheld().isEmpty()) {
      database.update(
          "DELETE FROM withheld_room_key WHERE position <= (SELECT position FROM withheld_room_key"
              + " ORDER BY position DESC LIMIT 1 OFFSET ?)",
          MAX_WITHHELD);
    }
    for (Map.Entry<RoomKeyChanges.MessageIndex, String> event :
        changes.decryptedEvents().entrySet()) {
      database.update(
          "INSERT OR REPLACE INTO decrypted_event VALUES (?, ?, ?, ?)",
          event.getKey().id().roomId(),
          event.getKey().id().sessionId(),
          event.getKey().index(),
          event.getValue());
    }
    for (Map.Entry<RoomKeyId, Optional<String>> mark : marks.entrySet()) {
      RoomKeyId id = mark.getKey();
      if (mark.getValue().isPresent()) {
        database.update(
            "UPDATE room_key SET backup_version = ? WHERE room_id = ? AND session_id = ?",
            mark.getValue().get(),
            id.roomId(),
            id.sessionId());
      } else {
        database.update(
            "UPDATE room_key SET backup_version = NULL WHERE room_id = ? AND session_id = ?",
            id.roomId(),
            id.sessionId());
      }
    }
    roomRows.write(changes.rows());
  }

  /**
   * Writes a key and, in the same statement, its mark.
   *
   * @param mark the backup version that has it, or that none has; empty if the mark stays
   */
  private void write(StoredRoomKey key, Optional<Optional<String>> mark)
      throws CryptoStoreException {
    RoomKeyId id = key.id();
    List<Object> values = new ArrayList<>();
    values.add(id.roomId());
    values.add(id.sessionId());
    values.add(key.info().senderKey().toBytes());
    values.add(
        rows.seal(
            StoredText.of(key.info()), SealedRows.ROOM_KEY_FACTS, id.roomId(), id.sessionId()));
    values.add(key.session().toBytes());
    Optional<String> version = mark.flatMap(backup -> backup);
    version.ifPresent(values::add);
    String kept = mark.isEmpty() ? WRITE : WRITE_UNMARKED;
    database.update(version.isPresent() ? WRITE_MARKED : kept, values.toArray());
  }
}
