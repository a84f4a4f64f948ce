package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.CryptoStoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * One connection to a SQLite file, with its prepared statements. Speaks of rows, not of JDBC. One
 * thread at a time is inside, so that a close from another thread waits for the end of a
 * transaction; what comes after it fails cleanly.
 */
final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  /** Holds what one batch of a restore changes, so that no page of it is written twice. */
  private static final int CACHE_KIB = 16 << 10;

  /** Pages of 4 KiB in the log before they go into the file: 32 MiB. */
  private static final int LOG_PAGES = 8 << 10;

  /** The log is cut to this when it starts again, should one transaction have made it longer. */
  private static final int LOG_BYTES = 64 << 20;

  private final Path file;
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private boolean closed;

  private Database(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Reads one row. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException, CryptoStoreException;
  }

  /** Several statements. */
  @FunctionalInterface
  interface Work {
    void run() throws CryptoStoreException;
  }

  static Database open(Path file) throws CryptoStoreException {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false); // else each update is followed by a query for its row id
    try {
      Connection connection = new JDBC().connect("jdbc:sqlite:" + file, config.toProperties());
      return new Database(file, connection);
    } catch (SQLException e) {
      throw unavailable(file, e);
    }
  }

  /** Makes each transaction durable when it ends, and the file one that survives a crash. */
  void configure() throws CryptoStoreException {
    execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
    execute("PRAGMA journal_mode = WAL"); // STORE-SYNC
    execute("PRAGMA synchronous = FULL"); // STORE-SYNC
    execute("PRAGMA secure_delete = ON");
    execute("PRAGMA foreign_keys = ON");
    execute("PRAGMA cache_size = -" + CACHE_KIB);
    execute("PRAGMA wal_autocheckpoint = " + LOG_PAGES); // STORE-LOG
    execute("PRAGMA journal_size_limit = " + LOG_BYTES); // STORE-LOG
  }

  synchronized void execute(String sql) throws CryptoStoreException {
    checkOpen();
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw unavailable(file, e);
    }
  }

  /** Runs {@code work} in one transaction: all of it is on disk when this returns, or nothing. */
  synchronized void transaction(Work work) throws CryptoStoreException {
    execute("BEGIN IMMEDIATE");
    boolean done = false;
    try {
      work.run();
      execute("COMMIT");
      done = true;
    } finally {
      if (!done) {
        rollBack();
      }
    }
  }

  /**
   * As the other one, but the disk is not waited for: a crash of the system may undo it, and those
   * of its kind before it, until the next one of the other kind has ended.
   */
  synchronized void bulkTransaction(Work work) throws CryptoStoreException {
    execute("PRAGMA synchronous = NORMAL"); // STORE-BULK
    try {
      transaction(work);
    } finally {
      execute("PRAGMA synchronous = FULL");
    }
  }

  private void rollBack() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back itself, as it does after the worst errors; else nothing more can
      // be written: the transaction stays open, and each BEGIN fails.
      LOG.debug("{}: {}", file, e.getMessage());
    }
  }

  synchronized int update(String sql, Object... values) throws CryptoStoreException {
    checkOpen();
    try {
      return bind(sql, values).executeUpdate();
    } catch (SQLException e) {
      throw unavailable(file, e);
    }
  }

  synchronized <T> List<T> query(RowReader<T> reader, String sql, Object... values)
      throws CryptoStoreException {
    checkOpen();
    try (ResultSet rows = bind(sql, values).executeQuery()) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(reader.read(rows));
      }
      return found;
    } catch (SQLException e) {
      throw unavailable(file, e);
    }
  }

  <T> Optional<T> first(RowReader<T> reader, String sql, Object... values)
      throws CryptoStoreException {
    return query(reader, sql, values).stream().findFirst();
  }

  synchronized void checkOpen() throws CryptoStoreException {
    if (closed) {
      throw new CryptoStoreException.Closed(file.toString());
    }
  }

  private PreparedStatement bind(String sql, Object... values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value instanceof byte[] bytes) {
        statement.setBytes(i + 1, bytes);
      } else if (value instanceof Long number) {
        statement.setLong(i + 1, number);
      } else if (value instanceof Integer number) {
        statement.setInt(i + 1, number);
      } else {
        statement.setString(i + 1, value.toString());
      }
    }
    return statement;
  }

  private static CryptoStoreException unavailable(Path file, SQLException e) {
    return new CryptoStoreException.Unavailable("store " + file + ": " + e.getMessage(), e);
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      for (PreparedStatement statement : prepared.values()) {
        statement.close();
      }
      connection.close();
    } catch (SQLException e) {
      LOG.warn("{}: {}", file, e.getMessage()); // every transaction is on disk already
    }
  }
}
