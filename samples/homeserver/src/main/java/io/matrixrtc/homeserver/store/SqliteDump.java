package io.matrixrtc.homeserver.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads every row of a database by the tables that the file itself names. */
final class SqliteDump {
  private SqliteDump() {}

  static List<Storage.StoredRow> of(Connection connection) {
    List<Storage.StoredRow> all = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      for (String table : tables(statement)) {
        List<TableSpec.Column> columns = keyColumns(statement, table);
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          while (rows.next()) {
            all.add(SqliteStorage.row(table, columns, rows));
          }
        }
      }
      return all;
    } catch (SQLException e) {
      throw new StorageException("cannot dump the database", e);
    }
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static List<TableSpec.Column> keyColumns(Statement statement, String table)
      throws SQLException {
    List<TableSpec.Column> columns = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery("PRAGMA table_info(" + table + ")")) {
      while (rows.next()) {
        if (rows.getInt("pk") > 0) {
          boolean number = "INTEGER".equals(rows.getString("type"));
          columns.add(
              new TableSpec.Column(
                  rows.getString("name"), number ? TableSpec.Kind.NUMBER : TableSpec.Kind.TEXT));
        }
      }
    }
    return columns;
  }
}
