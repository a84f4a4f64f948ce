package io.matrixrtc.homeserver.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.sqlite.SQLiteConfig;

/**
 * Keeps all rows in one SQLite file: a table for each {@link TableSpec}, with its key columns and a
 * JSON column {@code value}. Write-ahead log, {@code synchronous=NORMAL}: a crash of the machine
 * may lose the last requests, a crash of the process none.
 */
public final class SqliteStorage implements Storage {
  /** Layout of the file, in {@code PRAGMA user_version}. */
  public static final int SCHEMA_VERSION = 1;

  private static final int CACHE_KIB = 65_536;
  // Each checkpoint waits for the disk; messages to many devices dirty many pages.
  private static final int CHECKPOINT_PAGES = 16_384;

  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private boolean inTransaction;

  private SqliteStorage(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens or creates the file.
   *
   * @throws StorageException if it is no database, or one of a newer version
   */
  public static SqliteStorage open(Path file) {
    Connection connection = null;
    try {
      SQLiteConfig config = new SQLiteConfig();
      // The driver would ask for the row id after each write.
      config.setGetGeneratedKeys(false);
      connection = DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=NORMAL");
        statement.execute("PRAGMA busy_timeout=5000");
        statement.execute("PRAGMA cache_size=" + -CACHE_KIB);
        statement.execute("PRAGMA wal_autocheckpoint=" + CHECKPOINT_PAGES);
        try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
          if (version.next() && version.getInt(1) > SCHEMA_VERSION) {
            throw new SQLException("the file has schema " + version.getInt(1));
          }
        }
        statement.execute("PRAGMA user_version=" + SCHEMA_VERSION);
      }
      connection.setAutoCommit(true);
      return new SqliteStorage(connection);
    } catch (SQLException e) {
      StorageException failure = new StorageException("cannot open the database " + file, e);
      if (connection != null) {
        try {
          connection.close();
        } catch (SQLException closing) {
          failure.addSuppressed(closing);
        }
      }
      throw failure;
    }
  }

  @Override
  public void open(TableSpec<?> table) {
    String columns =
        table.columns().stream()
            .map(c -> c.name() + (c.kind() == TableSpec.Kind.NUMBER ? " INTEGER" : " TEXT"))
            .collect(Collectors.joining(" NOT NULL, "));
    String key =
        table.columns().stream().map(TableSpec.Column::name).collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS %s (%s NOT NULL, value TEXT NOT NULL, PRIMARY KEY (%s)) WITHOUT ROWID"
              .formatted(table.name(), columns, key));
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  @Override
  public Optional<String> get(TableSpec<?> table, Key key) {
    table.checkKey(key);
    try {
      PreparedStatement statement =
          prepare("SELECT value FROM " + table.name() + where(table, key.size()));
      bind(statement, key, 1);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  @Override
  public void put(TableSpec<?> table, Key key, String value) {
    table.checkKey(key);
    String places = "?, ".repeat(key.size()) + "?";
    try {
      PreparedStatement statement =
          prepare("INSERT OR REPLACE INTO " + table.name() + " VALUES (" + places + ")");
      statement.setString(bind(statement, key, 1), value);
      statement.executeUpdate();
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  @Override
  public boolean remove(TableSpec<?> table, Key key) {
    table.checkKey(key);
    try {
      PreparedStatement statement =
          prepare("DELETE FROM " + table.name() + where(table, key.size()));
      bind(statement, key, 1);
      return statement.executeUpdate() > 0;
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  @Override
  public List<StoredRow> scan(TableSpec<?> table, Range range) {
    range.check(table);
    String order =
        table.columns().stream()
            .map(column -> column.name() + (range.newestFirst() ? " DESC" : ""))
            .collect(Collectors.joining(", ", " ORDER BY ", " LIMIT ?"));
    try {
      PreparedStatement statement =
          prepare("SELECT * FROM " + table.name() + where(table, range) + order);
      statement.setInt(bind(statement, range), range.limit());
      List<StoredRow> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(row(table.name(), table.columns(), rows));
        }
      }
      return found;
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  @Override
  public long count(TableSpec<?> table, Key prefix) {
    try {
      PreparedStatement statement =
          prepare("SELECT COUNT(*) FROM " + table.name() + where(table, prefix.size()));
      bind(statement, prefix, 1);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  @Override
  public int removeAll(TableSpec<?> table, Range range) {
    range.check(table);
    try {
      PreparedStatement statement = prepare("DELETE FROM " + table.name() + where(table, range));
      bind(statement, range);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  @Override
  public <T> T transaction(Supplier<T> work) {
    if (inTransaction) {
      return work.get();
    }
    inTransaction = true;
    try {
      execute("BEGIN");
      T result = work.get();
      execute("COMMIT");
      return result;
    } catch (RuntimeException | Error e) {
      undo(e);
      throw e;
    } finally {
      inTransaction = false;
    }
  }

  /** SQLite may have undone it by itself, as on a full disk: that is not what went wrong. */
  private void undo(Throwable cause) {
    try {
      execute("ROLLBACK");
    } catch (StorageException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public List<StoredRow> dump() {
    return SqliteDump.of(connection);
  }

  @Override
  public void close() {
    try {
      for (PreparedStatement statement : statements.values()) {
        statement.close();
      }
      statements.clear();
      connection.close();
    } catch (SQLException e) {
      throw new StorageException("cannot close the database", e);
    }
  }

  static StoredRow row(String table, List<TableSpec.Column> columns, ResultSet rows)
      throws SQLException {
    List<Object> key = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).kind() == TableSpec.Kind.NUMBER) {
        key.add(rows.getLong(i + 1));
      } else {
        key.add(rows.getString(i + 1));
      }
    }
    return new StoredRow(table, new Key(key), rows.getString(columns.size() + 1));
  }

  private void execute(String sql) {
    try {
      prepare(sql).execute();
    } catch (SQLException e) {
      throw new StorageException(sql + " failed", e);
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  private static String where(TableSpec<?> table, int columns) {
    if (columns == 0) {
      return "";
    }
    return table.columns().subList(0, columns).stream()
        .map(column -> column.name() + " = ?")
        .collect(Collectors.joining(" AND ", " WHERE ", ""));
  }

  private static String where(TableSpec<?> table, Range range) {
    int prefix = range.prefix().size();
    String where = where(table, prefix);
    if (range.beyond().isPresent()) {
      List<String> rest =
          table.columns().subList(prefix, table.columns().size()).stream()
              .map(TableSpec.Column::name)
              .toList();
      return (where.isEmpty() ? " WHERE (" : where + " AND (")
          + String.join(", ", rest)
          + ") > ("
          + "?, ".repeat(rest.size() - 1)
          + "?)";
    }
    if (!range.bounded()) {
      return where;
    }
    String last = table.columns().get(prefix).name();
    String start = where.isEmpty() ? " WHERE " : where + " AND ";
    return start + last + " > ? AND " + last + " <= ?";
  }

  private static int bind(PreparedStatement statement, Range range) throws SQLException {
    int next = bind(statement, range.prefix(), 1);
    if (range.beyond().isPresent()) {
      List<Object> parts = range.beyond().get().parts();
      for (Object part : parts.subList(range.prefix().size(), parts.size())) {
        statement.setObject(next++, part);
      }
    }
    if (range.bounded()) {
      statement.setLong(next++, range.after());
      statement.setLong(next++, range.upTo());
    }
    return next;
  }

  private static int bind(PreparedStatement statement, Key key, int first) throws SQLException {
    int next = first;
    for (Object part : key.parts()) {
      statement.setObject(next++, part);
    }
    return next;
  }

  private static StorageException failed(TableSpec<?> table, SQLException e) {
    return new StorageException("table " + table.name() + " failed", e);
  }
}
