package io.matrixrtc.e2ee;

import io.matrixrtc.json.Json;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts how often each device started a new Olm session with us though there was one: it may have
 * lost what we sent over the old one, room keys included (SHARE-AGAIN). Also remembers which
 * devices were told that there is no Olm session with them (WITHHELD-NO-OLM).
 */
final class OlmRestarts {
  private static final String RESTARTS = "Olm restarts";
  private static final String NO_OLM = "no Olm notice";

  private final RoomRows rows;
  private final DeviceDirectory directory;
  private final Map<RowKey, Long> pending = new HashMap<>();

  OlmRestarts(RoomRows rows, DeviceDirectory directory) {
    this.rows = rows;
    this.directory = directory;
  }

  /** A device started a session, as another one was there. */
  void onRestart(SenderKey from) throws CryptoStoreException {
    Device device = directory.find(from.userId(), from.key()).orElse(null);
    if (device != null) {
      RowKey key = key(RESTARTS, device.address());
      long count = of(device.address()) + 1;
      pending.put(key, count);
      rows.put(key, Json.newObject().put("count", count));
    }
  }

  long of(UserDevice device) throws CryptoStoreException {
    RowKey key = key(RESTARTS, device);
    Long unwritten = pending.get(key);
    return unwritten != null
        ? unwritten
        : rows.find(key).map(row -> row.path("count").asLong()).orElse(0L);
  }

  /** Whether this is the first time since a key reached the device. */
  boolean tellNoOlmOnce(UserDevice device) throws CryptoStoreException {
    RowKey key = key(NO_OLM, device);
    if (rows.find(key).isPresent()) {
      return false;
    }
    rows.put(key, Json.newObject().put("told", true));
    return true;
  }

  /** A key reached the device, so there is a session. */
  void onServed(UserDevice device) throws CryptoStoreException {
    RowKey key = key(NO_OLM, device);
    if (rows.find(key).isPresent()) {
      rows.forget(key);
    }
  }

  private static RowKey key(String kind, UserDevice device) {
    return new RowKey(kind, device.userId(), device.deviceId());
  }

  /** Everything is in the store. */
  void written() {
    pending.clear();
  }
}
