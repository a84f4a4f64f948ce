package io.matrixrtc.e2ee;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Rows of a module beside the machine, to be written in one transaction with what the machine
 * changes. They are sealed on the way, each for its row. Not thread-safe.
 */
public final class ExtraWrites {
  private static final String KIND_PREFIX = "extra ";

  private final Map<RowKey, Optional<byte[]>> rows = new LinkedHashMap<>();

  /** Adds or replaces a row; {@code content} must not be changed afterwards. */
  public ExtraWrites put(RowKey key, byte[] content) {
    rows.put(key, Optional.of(content));
    return this;
  }

  /** Forgets a row. */
  public ExtraWrites forget(RowKey key) {
    rows.put(key, Optional.empty());
    return this;
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  RowChanges sealed(RowSeal seal) {
    RowChanges.Builder sealed = new RowChanges.Builder();
    rows.forEach(
        (key, content) ->
            sealed.put(
                key, content.map(bytes -> seal.seal(bytes, kind(key), key.scope(), key.name()))));
    return sealed.build();
  }

  static byte[] open(RowSeal seal, StoredRow row) throws CryptoStoreException {
    RowKey key = row.key();
    return seal.open(row.value(), kind(key), key.scope(), key.name());
  }

  private static String kind(RowKey key) {
    return KIND_PREFIX + key.kind();
  }

  @Override
  public String toString() {
    return "ExtraWrites" + rows.keySet();
  }
}
