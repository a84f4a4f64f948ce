package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;

/** Signatures that were uploaded apart from the keys they sign. */
final class Signatures {
  private record Row(JsonNode signature) {}

  private static final TableSpec<Row> SPEC =
      TableSpec.of("key_signatures", Row.class, "user_id", "key_id", "signer_id", "signing_key_id");

  private final Table<Row> table;

  Signatures(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  /** Keeps a signature by a key of {@code signer} on the device or key {@code keyId}. */
  void put(String userId, String keyId, String signer, String signingKeyId, JsonNode signature) {
    table.put(new Row(signature), userId, keyId, signer, signingKeyId);
  }

  /**
   * HS-XSIGN-VIEW: adds the owner's own signatures for everyone, and those by another user's
   * user-signing key for that user alone.
   */
  void addTo(ObjectNode key, String userId, String keyId, String viewer) {
    for (Table.Row<Row> row : table.scan(Range.of(userId, keyId))) {
      String signer = row.key().text(2);
      if (signer.equals(userId) || signer.equals(viewer)) {
        DeviceKeys.addSignature(key, signer, row.key().text(3), row.value().signature());
      }
    }
  }

  /** Forgets what was signed under this name: it may come back with another key. */
  void remove(String userId, String keyId) {
    table.removeAll(Range.of(userId, keyId));
  }

  void deviceDeleted(Session device) {
    remove(device.userId(), device.deviceId());
  }
}
