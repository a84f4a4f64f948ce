package io.matrixrtc.e2ee;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the machine keeps of rooms that it writes to, sealed row by row (STORE-ROW). Reads see what
 * is written, not what was put since.
 */
final class RoomRows {
  private final CryptoStore store;
  private final RowSeal seal;
  private final UnitOfWork work;

  RoomRows(CryptoStore store, RowSeal seal, UnitOfWork work) {
    this.store = store;
    this.seal = seal;
    this.work = work;
  }

  Optional<ObjectNode> find(RowKey key) throws CryptoStoreException {
    Optional<Sealed> sealed = store.roomRows().find(key);
    return sealed.isPresent() ? Optional.of(open(key, sealed.get())) : Optional.empty();
  }

  /** A row that sealed itself. */
  Optional<Sealed> findSealed(RowKey key) throws CryptoStoreException {
    return store.roomRows().find(key);
  }

  /** All rows of a kind and scope, by name. */
  Map<RowKey, ObjectNode> of(String kind, String scope) throws CryptoStoreException {
    Map<RowKey, ObjectNode> rows = new LinkedHashMap<>();
    for (StoredRow row : store.roomRows().of(kind, scope)) {
      rows.put(row.key(), open(row.key(), row.value()));
    }
    return rows;
  }

  /** Up to {@code limit} rows of a kind. */
  Map<RowKey, ObjectNode> of(String kind, int limit) throws CryptoStoreException {
    Map<RowKey, ObjectNode> rows = new LinkedHashMap<>();
    for (StoredRow row : store.roomRows().of(kind, Optional.empty(), limit)) {
      rows.put(row.key(), open(row.key(), row.value()));
    }
    return rows;
  }

  private ObjectNode open(RowKey key, Sealed value) throws CryptoStoreException {
    try {
      return Json.parseObject(seal.open(value, key.kind(), key.scope(), key.name()));
    } catch (MalformedJsonException e) {
      throw new CryptoStoreException.Unreadable(key.kind(), e);
    }
  }

  void put(RowKey key, ObjectNode content) {
    try {
      byte[] text = Json.mapper().writeValueAsBytes(content);
      put(key, seal.seal(text, key.kind(), key.scope(), key.name()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  void put(RowKey key, Sealed value) {
    work.changes().roomRow(key, Optional.of(value));
  }

  void forget(RowKey key) {
    work.changes().roomRow(key, Optional.empty());
  }
}
