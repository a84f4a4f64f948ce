package io.matrixrtc.e2ee;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.util.Optional;

/** Our own user's secrets and what is under way about them, sealed row by row (STORE-ROW). */
final class OwnSecretRows {
  private static final String KIND = "own secret";

  private final CryptoStore store;
  private final RowSeal seal;
  private final UnitOfWork work;

  OwnSecretRows(CryptoStore store, RowSeal seal, UnitOfWork work) {
    this.store = store;
    this.seal = seal;
    this.work = work;
  }

  /** What is stored, which the caller must zero if it is secret. Changes since are not seen. */
  Optional<byte[]> load(String name) throws CryptoStoreException {
    Optional<Sealed> sealed = store.ownSecret(name);
    return sealed.isPresent() ? Optional.of(seal.open(sealed.get(), KIND, name)) : Optional.empty();
  }

  void put(String name, byte[] content) {
    work.changes().ownSecret(name, seal.seal(content, KIND, name));
  }

  void forget(String name) {
    work.changes().forgetOwnSecret(name);
  }

  /** What is stored as an object; an empty one if there is nothing. */
  ObjectNode loadJson(String name) throws CryptoStoreException {
    Optional<byte[]> text = load(name);
    try {
      return text.isPresent() ? Json.parseObject(new String(text.get(), UTF_8)) : Json.newObject();
    } catch (MalformedJsonException e) {
      throw new CryptoStoreException.Unreadable(KIND, e);
    }
  }

  /** Stores an object; an empty one is forgotten. */
  void putJson(String name, ObjectNode content) {
    if (content.isEmpty()) {
      forget(name);
      return;
    }
    try {
      put(name, Json.mapper().writeValueAsBytes(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
