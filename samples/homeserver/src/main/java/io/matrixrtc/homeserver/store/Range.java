package io.matrixrtc.homeserver.store;

import java.util.Optional;

/**
 * Which rows of a table to read: those beginning with {@code prefix}; where the next key column is
 * the last one and a number, only those above {@code after} and not above {@code upTo}; only those
 * with a key greater than {@code beyond}, if it is there.
 */
public record Range(
    Key prefix, long after, long upTo, boolean newestFirst, int limit, Optional<Key> beyond) {

  /** All rows that begin with these key parts, in key order. */
  public static Range of(Object... prefix) {
    return new Range(
        Key.of(prefix), Long.MIN_VALUE, Long.MAX_VALUE, false, Integer.MAX_VALUE, Optional.empty());
  }

  /** Only rows whose last key column is greater than {@code exclusive}. */
  public Range after(long exclusive) {
    return new Range(prefix, exclusive, upTo, newestFirst, limit, beyond);
  }

  /** Only rows whose last key column is at most {@code inclusive}. */
  public Range upTo(long inclusive) {
    return new Range(prefix, after, inclusive, newestFirst, limit, beyond);
  }

  /** From the highest key down. */
  public Range descending() {
    return new Range(prefix, after, upTo, true, limit, beyond);
  }

  /** Only rows that come after the one with this whole key, in ascending order. */
  public Range beyond(Key key) {
    return new Range(prefix, after, upTo, newestFirst, limit, Optional.of(key));
  }

  /** At most {@code rows} rows. */
  public Range limit(int rows) {
    return new Range(prefix, after, upTo, newestFirst, rows, beyond);
  }

  boolean bounded() {
    return after != Long.MIN_VALUE || upTo != Long.MAX_VALUE;
  }

  void check(TableSpec<?> table) {
    if (beyond.isPresent()) {
      table.checkKey(beyond.get());
      boolean begins = beyond.get().parts().subList(0, prefix.size()).equals(prefix.parts());
      if (newestFirst || bounded() || prefix.size() == table.columns().size() || !begins) {
        throw new IllegalArgumentException("beyond a key: want its prefix, ascending, unbounded");
      }
    }
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
