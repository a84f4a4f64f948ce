package io.matrixrtc.homeserver.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Everything that the server keeps: ordered tables of JSON texts. Used by one thread at a time, the
 * server's state thread. Typed access goes through {@link Table}.
 */
public interface Storage extends AutoCloseable {
  /** A row as it is stored. */
  record StoredRow(String table, Key key, String value) {}

  /** Makes the table known; creates it if it does not exist. Calling it again is harmless. */
  void open(TableSpec<?> table);

  Optional<String> get(TableSpec<?> table, Key key);

  /** Writes the row, replacing one with the same key. */
  void put(TableSpec<?> table, Key key, String value);

  /** Returns whether there was such a row. */
  boolean remove(TableSpec<?> table, Key key);

  List<StoredRow> scan(TableSpec<?> table, Range range);

  /** Number of rows whose key begins with {@code prefix}. */
  long count(TableSpec<?> table, Key prefix);

  /** Removes the rows in the range, whose limit and direction must be unset; returns how many. */
  int removeAll(TableSpec<?> table, Range range);

  /**
   * Runs {@code work} as one transaction: all of its writes stay, or none if it throws. A nested
   * call is part of the outer transaction.
   */
  <T> T transaction(Supplier<T> work);

  /** Every row of every table, tables unknown to the running program included. */
  List<StoredRow> dump();

  /** Releases files. A memory storage keeps its rows and can be used again. */
  @Override
  void close();
}
