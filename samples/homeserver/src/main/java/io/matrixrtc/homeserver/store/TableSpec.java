package io.matrixrtc.homeserver.store;

import java.util.ArrayList;
import java.util.List;

/**
 * A table: its name, its key columns and the record that a row holds, stored as JSON. Names are
 * lower-case words with underscores; they become SQL names.
 */
public record TableSpec<V>(String name, Class<V> type, List<Column> columns) {
  /** What a key column holds. */
  public enum Kind {
    TEXT,
    NUMBER
  }

  /** One key column. */
  public record Column(String name, Kind kind) {}

  public TableSpec {
    columns = List.copyOf(columns);
    checkName(name);
    columns.forEach(column -> checkName(column.name()));
  }

  /** Key columns are texts; a name with {@code #} before it is a number. */
  public static <V> TableSpec<V> of(String name, Class<V> type, String... columns) {
    List<Column> key = new ArrayList<>();
    for (String column : columns) {
      key.add(
          column.startsWith("#")
              ? new Column(column.substring(1), Kind.NUMBER)
              : new Column(column, Kind.TEXT));
    }
    return new TableSpec<>(name, type, key);
  }

  void checkKey(Key key) {
    if (key.size() != columns.size()) {
      throw new IllegalArgumentException(
          name + ": want " + columns.size() + " key parts, got " + key.size());
    }
    for (int i = 0; i < columns.size(); i++) {
      boolean number = key.parts().get(i) instanceof Long;
      if (number != (columns.get(i).kind() == Kind.NUMBER)) {
        throw new IllegalArgumentException(name + "." + columns.get(i).name() + ": wrong kind");
      }
    }
  }

  private static void checkName(String name) {
    if (!name.matches("[a-z][a-z_]*")) {
      throw new IllegalArgumentException("not a table or column name: " + name);
    }
  }
}
