package io.matrixrtc.homeserver.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps all rows in sorted maps. Lives as long as the object; {@link #close} keeps the rows. */
public final class MemoryStorage implements Storage {
  private final NavigableMap<String, NavigableMap<Key, String>> tables = new TreeMap<>();
  // Restores the rows of the open transaction, latest write first.
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private boolean inTransaction;

  @Override
  public void open(TableSpec<?> table) {
    tables.computeIfAbsent(table.name(), name -> new TreeMap<>());
  }

  @Override
  public Optional<String> get(TableSpec<?> table, Key key) {
    table.checkKey(key);
    return Optional.ofNullable(rows(table).get(key));
  }

  @Override
  public void put(TableSpec<?> table, Key key, String value) {
    table.checkKey(key);
    NavigableMap<Key, String> rows = rows(table);
    String before = rows.put(key, value);
    remember(rows, key, before);
  }

  @Override
  public boolean remove(TableSpec<?> table, Key key) {
    table.checkKey(key);
    NavigableMap<Key, String> rows = rows(table);
    String before = rows.remove(key);
    if (before == null) {
      return false;
    }
    remember(rows, key, before);
    return true;
  }

  @Override
  public List<StoredRow> scan(TableSpec<?> table, Range range) {
    range.check(table);
    NavigableMap<Key, String> part = part(table, range);
    List<StoredRow> found = new ArrayList<>();
    for (var entry : (range.newestFirst() ? part.descendingMap() : part).entrySet()) {
      if (found.size() == range.limit()) {
        break;
      }
      found.add(new StoredRow(table.name(), entry.getKey(), entry.getValue()));
    }
    return found;
  }

  @Override
  public long count(TableSpec<?> table, Key prefix) {
    return rows(table).subMap(prefix, true, prefix.end(), false).size();
  }

  @Override
  public int removeAll(TableSpec<?> table, Range range) {
    range.check(table);
    List<Key> keys = new ArrayList<>(part(table, range).keySet());
    keys.forEach(key -> remove(table, key));
    return keys.size();
  }

  @Override
  public <T> T transaction(Supplier<T> work) {
    if (inTransaction) {
      return work.get();
    }
    inTransaction = true;
    boolean done = false;
    try {
      T result = work.get();
      done = true;
      return result;
    } finally {
      inTransaction = false;
      if (!done) {
        undo.forEach(Runnable::run);
      }
      undo.clear();
    }
  }

  @Override
  public List<StoredRow> dump() {
    List<StoredRow> all = new ArrayList<>();
    tables.forEach(
        (name, rows) -> rows.forEach((key, value) -> all.add(new StoredRow(name, key, value))));
    return all;
  }

  @Override
  public void close() {}

  private NavigableMap<Key, String> rows(TableSpec<?> table) {
    return Objects.requireNonNull(tables.get(table.name()), () -> "not open: " + table.name());
  }

  private NavigableMap<Key, String> part(TableSpec<?> table, Range range) {
    Key prefix = range.prefix();
    if (range.beyond().isPresent()) {
      return rows(table).subMap(range.beyond().get(), false, prefix.end(), false);
    }
    boolean above = range.after() != Long.MIN_VALUE;
    boolean below = range.upTo() != Long.MAX_VALUE;
    Key from = above ? prefix.with(range.after()) : prefix;
    Key to = below ? prefix.with(range.upTo()) : prefix.end();
    return from.compareTo(to) > 0 ? new TreeMap<>() : rows(table).subMap(from, !above, to, below);
  }

  private void remember(NavigableMap<Key, String> rows, Key key, @Nullable String before) {
    if (!inTransaction) {
      return;
    }
    if (before == null) {
      undo.push(() -> rows.remove(key));
    } else {
      undo.push(() -> rows.put(key, before));
    }
  }
}
