package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.RowChanges;
import io.matrixrtc.e2ee.RowKey;
import io.matrixrtc.e2ee.Sealed;
import io.matrixrtc.e2ee.StoredRow;
import io.matrixrtc.e2ee.StoredRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sealed rows in one table. */
final class SqliteRows implements StoredRows {
  private final Database database;
  private final String table;
  private final String select;

  SqliteRows(Database database, String table) {
    this.database = database;
    this.table = table;
    this.select = "SELECT kind, scope, name, sealed FROM " + table + " WHERE kind = ? ";
  }

  @Override
  public Optional<Sealed> find(RowKey key) throws CryptoStoreException {
    return database
        .first(
            SqliteRows::row,
            select + "AND scope = ? AND name = ?",
            key.kind(),
            key.scope(),
            key.name())
        .map(StoredRow::value);
  }

  @Override
  public List<StoredRow> of(String kind, String scope) throws CryptoStoreException {
    return database.query(SqliteRows::row, select + "AND scope = ? ORDER BY name", kind, scope);
  }

  @Override
  public List<StoredRow> of(String kind, Optional<RowKey> after, int limit)
      throws CryptoStoreException {
    String order = "ORDER BY scope, name LIMIT ?";
    return after.isEmpty()
        ? database.query(SqliteRows::row, select + order, kind, limit)
        : database.query(
            SqliteRows::row,
            select + "AND (scope, name) > (?, ?) " + order,
            kind,
            after.get().scope(),
            after.get().name(),
            limit);
  }

  private static StoredRow row(ResultSet row) throws SQLException {
    return new StoredRow(
        new RowKey(row.getString(1), row.getString(2), row.getString(3)),
        Sealed.of(row.getBytes(4)));
  }

  void write(RowChanges changes) throws CryptoStoreException {
    for (Map.Entry<RowKey, Optional<Sealed>> row : changes.rows().entrySet()) {
      RowKey key = row.getKey();
      if (row.getValue().isPresent()) {
        database.update(
            "INSERT OR REPLACE INTO " + table + " VALUES (?, ?, ?, ?)",
            key.kind(),
            key.scope(),
            key.name(),
            row.getValue().get().toBytes());
      } else {
        database.update(
            "DELETE FROM " + table + " WHERE kind = ? AND scope = ? AND name = ?",
            key.kind(),
            key.scope(),
            key.name());
      }
    }
  }
}
