package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.signing.SignedJson;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** The cross-signing keys of users. */
final class CrossSigningKeys {
  /** The three keys; each has its member in uploads and in answers to queries. */
  enum Usage {
    MASTER("master"),
    SELF_SIGNING("self_signing"),
    USER_SIGNING("user_signing");

    private final String id;

    Usage(String id) {
      this.id = id;
    }

    String uploadMember() {
      return id + "_key";
    }

    String queryMember() {
      return id + "_keys";
    }
  }

  private record Row(ObjectNode key) {}

  private static final TableSpec<Row> SPEC =
      TableSpec.of("cross_signing_keys", Row.class, "user_id", "usage");

  private final Table<Row> table;

  CrossSigningKeys(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  Optional<ObjectNode> get(String userId, Usage usage) {
    return table.get(userId, usage.id).map(Row::key);
  }

  void put(String userId, Usage usage, ObjectNode key) {
    table.put(new Row(key), userId, usage.id);
  }

  /** Refuses a key of another user or usage, or without exactly one Ed25519 key. */
  static void checkShape(String userId, Usage usage, ObjectNode key) {
    boolean named = false;
    for (JsonNode use : key.path("usage")) {
      named |= use.asText().equals(usage.id);
    }
    if (!key.path("user_id").asText().equals(userId) || !named) {
      throw MatrixException.invalidParam(usage.uploadMember() + " has another user or usage");
    }
    if (publicKey(key).isEmpty()) {
      throw MatrixException.invalidParam(usage.uploadMember() + " must hold one Ed25519 key");
    }
  }

  /** The unpadded base64 of the one Ed25519 key. */
  static Optional<String> publicKey(ObjectNode key) {
    Iterator<Map.Entry<String, JsonNode>> keys = key.path("keys").fields();
    if (!keys.hasNext()) {
      return Optional.empty();
    }
    Map.Entry<String, JsonNode> only = keys.next();
    String publicKey = only.getValue().asText();
    return keys.hasNext() || !only.getKey().equals("ed25519:" + publicKey)
        ? Optional.empty()
        : Optional.of(publicKey);
  }

  /** HS-XSIGN-SIG: refuses a key that the master key has not signed. */
  static void checkSignedBy(ObjectNode master, String userId, Usage usage, ObjectNode key) {
    String publicKey = publicKey(master).orElse("");
    if (!SignedJson.isSignedBy(key, userId, "ed25519:" + publicKey, publicKey)) {
      throw new MatrixException(
          ErrorCode.M_INVALID_SIGNATURE, usage.uploadMember() + " is not signed by the master key");
    }
  }
}
