package io.matrixrtc.e2ee;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Rows to write and to forget. Immutable.
 *
 * @param rows the new value of each row; empty to forget it
 */
public record RowChanges(Map<RowKey, Optional<Sealed>> rows) {
  private static final RowChanges NONE = new RowChanges(Map.of());

  public RowChanges {
    rows = Map.copyOf(rows);
  }

  /** Nothing to write. */
  public static RowChanges none() {
    return NONE;
  }

  /** Collects changes. A later one replaces an earlier one of the same row. */
  static final class Builder {
    private final Map<RowKey, Optional<Sealed>> rows = new LinkedHashMap<>();

    void put(RowKey key, Optional<Sealed> value) {
      rows.put(key, value);
    }

    RowChanges build() {
      return new RowChanges(rows);
    }
  }
}
