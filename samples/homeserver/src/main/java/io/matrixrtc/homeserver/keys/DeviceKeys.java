package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The identity keys that devices have published. */
final class DeviceKeys {
  private record Row(ObjectNode keys) {}

  private static final TableSpec<Row> SPEC =
      TableSpec.of("device_keys", Row.class, "user_id", "device_id");

  private final Table<Row> table;

  DeviceKeys(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  /** What an upload changed. */
  enum Change {
    NONE,
    /** The keys are those that were there; something else, signatures perhaps, is new. */
    DETAILS,
    KEYS
  }

  /** Stores the device's own keys. */
  Change upload(Session device, ObjectNode keys) {
    Fields fields = new Fields(keys);
    if (!fields.string("user_id").equals(device.userId())
        || !fields.string("device_id").equals(device.deviceId())) {
      throw MatrixException.badJson("device_keys must name your own user and device");
    }
    fields.required("keys");
    ObjectNode stored = keys.deepCopy();
    stored.remove("unsigned");
    Optional<ObjectNode> before = get(device.userId(), device.deviceId());
    if (before.equals(Optional.of(stored))) {
      return Change.NONE;
    }
    table.put(new Row(stored), device.userId(), device.deviceId());
    boolean sameKeys = before.map(b -> b.path("keys").equals(keys.path("keys"))).orElse(false);
    return sameKeys ? Change.DETAILS : Change.KEYS;
  }

  Optional<ObjectNode> get(String userId, String deviceId) {
    return table.get(userId, deviceId).map(Row::keys);
  }

  Map<String, ObjectNode> all(String userId) {
    Map<String, ObjectNode> keys = new LinkedHashMap<>();
    table.scan(Range.of(userId)).forEach(row -> keys.put(row.key().text(1), row.value().keys()));
    return keys;
  }

  boolean remove(Session device) {
    return table.remove(device.userId(), device.deviceId());
  }

  /** Adds one signature to those that a JSON object carries. */
  static void addSignature(ObjectNode signed, String signer, String keyId, JsonNode signature) {
    signed.withObjectProperty("signatures").withObjectProperty(signer).set(keyId, signature);
  }
}
