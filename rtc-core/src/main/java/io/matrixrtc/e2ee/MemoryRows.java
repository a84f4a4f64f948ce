package io.matrixrtc.e2ee;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Rows of a {@link MemoryCryptoStore}. */
final class MemoryRows implements StoredRows {
  private final NavigableMap<RowKey, Sealed> rows = new TreeMap<>();

  @Override
  public Optional<Sealed> find(RowKey key) {
    return Optional.ofNullable(rows.get(key));
  }

  @Override
  public List<StoredRow> of(String kind, String scope) {
    return from(new RowKey(kind, scope, ""), true)
        .takeWhile(row -> row.key().scope().equals(scope))
        .toList();
  }

  @Override
  public List<StoredRow> of(String kind, Optional<RowKey> after, int limit) {
    return from(after.orElse(new RowKey(kind, "", "")), after.isEmpty()).limit(limit).toList();
  }

  private Stream<StoredRow> from(RowKey first, boolean inclusive) {
    return rows.tailMap(first, inclusive).entrySet().stream()
        .takeWhile(row -> row.getKey().kind().equals(first.kind()))
        .map(row -> new StoredRow(row.getKey(), row.getValue()));
  }

  void write(RowChanges changes) {
    for (Map.Entry<RowKey, Optional<Sealed>> change : changes.rows().entrySet()) {
      if (change.getValue().isPresent()) {
        rows.put(change.getKey(), change.getValue().get());
      } else {
        rows.remove(change.getKey());
      }
    }
  }

  void clear() {
    rows.clear();
  }
}
