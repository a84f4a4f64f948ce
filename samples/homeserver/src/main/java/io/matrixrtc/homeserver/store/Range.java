package io.matrixrtc.homeserver.store;

/**
 * Which rows of a table to read: those beginning with {@code prefix}; where the next key column is
 * the last one and a number, only those above {@code after} and not above {@code upTo}.
 */
public record Range(Key prefix, long after, long upTo, boolean newestFirst, int limit) {

  /** All rows that begin with these key parts, in key order. */
  public static Range of(Object... prefix) {
    return new Range(Key.of(prefix), Long.MIN_VALUE, Long.MAX_VALUE, false, Integer.MAX_VALUE);
  }

  /** Only rows whose last key column is greater than {@code exclusive}. */
  public Range after(long exclusive) {
    return new Range(prefix, exclusive, upTo, newestFirst, limit);
  }

  /** Only rows whose last key column is at most {@code inclusive}. */
  public Range upTo(long inclusive) {
    return new Range(prefix, after, inclusive, newestFirst, limit);
  }

  /** From the highest key down. */
  public Range descending() {
    return new Range(prefix, after, upTo, true, limit);
  }

  /** At most {@code rows} rows. */
  public Range limit(int rows) {
    return new Range(prefix, after, upTo, newestFirst, rows);
  }

  boolean bounded() {
    return after != Long.MIN_VALUE || upTo != Long.MAX_VALUE;
  }

  void check(TableSpec<?> table) {
    if (prefix.size() > table.columns().size()) {
      throw new IllegalArgumentException("prefix is longer than the key of " + table.name());
    }
    if (bounded()
        && (prefix.size() != table.columns().size() - 1
            || table.columns().get(prefix.size()).kind() != TableSpec.Kind.NUMBER)) {
      throw new IllegalArgumentException("bounds need a numeric last column: " + table.name());
    }
  }
}
