package io.matrixrtc.e2ee;

import java.util.Comparator;

/**
 * Names one sealed row of a {@link StoredRows}. Row names are stored in the clear.
 *
 * @param kind what the row is, for example {@code outbound session}
 * @param scope what it belongs to, for example a room id; may be empty
 * @param name what tells it from others of its kind and scope; may be empty
 */
public record RowKey(String kind, String scope, String name) implements Comparable<RowKey> {
  private static final Comparator<RowKey> ORDER =
      Comparator.comparing(RowKey::kind).thenComparing(RowKey::scope).thenComparing(RowKey::name);

  public RowKey {
    if (kind.isEmpty()) {
      throw new IllegalArgumentException("row: want a kind");
    }
  }

  /** By kind, scope, then name. */
  @Override
  public int compareTo(RowKey other) {
    return ORDER.compare(this, other);
  }
}
