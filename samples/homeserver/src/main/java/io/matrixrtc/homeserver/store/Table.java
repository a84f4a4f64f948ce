package io.matrixrtc.homeserver.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Typed access to one table. Rows are records; what is read is a fresh copy. */
public final class Table<V> {
  private static final JsonMapper ROWS =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** A row with its key. */
  public record Row<V>(Key key, V value) {}

  private final Storage storage;
  private final TableSpec<V> spec;

  private Table(Storage storage, TableSpec<V> spec) {
    this.storage = storage;
    this.spec = spec;
  }

  public static <V> Table<V> open(Storage storage, TableSpec<V> spec) {
    storage.open(spec);
    return new Table<>(storage, spec);
  }

  public Optional<V> get(Object... key) {
    return storage.get(spec, Key.of(key)).map(this::decode);
  }

  public boolean contains(Object... key) {
    return storage.get(spec, Key.of(key)).isPresent();
  }

  /** Writes a row, replacing one with the same key. */
  public void put(V value, Object... key) {
    storage.put(spec, Key.of(key), encode(value));
  }

  public boolean remove(Object... key) {
    return storage.remove(spec, Key.of(key));
  }

  /** Removes all rows in the range and returns how many. */
  public int removeAll(Range range) {
    return storage.removeAll(spec, range);
  }

  public List<Row<V>> scan(Range range) {
    List<Row<V>> rows = new ArrayList<>();
    for (Storage.StoredRow row : storage.scan(spec, range)) {
      rows.add(new Row<>(row.key(), decode(row.value())));
    }
    return rows;
  }

  public long count(Object... prefix) {
    return storage.count(spec, Key.of(prefix));
  }

  private V decode(String json) {
    try {
      return ROWS.readValue(json, spec.type());
    } catch (JsonProcessingException e) {
      throw new StorageException("row of " + spec.name() + " does not read", e);
    }
  }

  private String encode(V value) {
    try {
      return ROWS.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new StorageException("row of " + spec.name() + " does not write", e);
    }
  }
}
