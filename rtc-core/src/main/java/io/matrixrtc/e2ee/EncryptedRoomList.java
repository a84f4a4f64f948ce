package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The settings of encrypted rooms, which nothing takes back (ROOM-DOWNGRADE). */
final class EncryptedRoomList {
  /** Settings of as many rooms are kept in memory. */
  static final int MAX_IN_MEMORY = 10_000;

  private static final String KIND = "room settings";

  private final RoomRows rows;
  private final Map<String, Optional<RoomSettings>> loaded = new LinkedHashMap<>(16, 0.75f, true);

  EncryptedRoomList(RoomRows rows) {
    this.rows = rows;
  }

  Optional<RoomSettings> find(String roomId) throws CryptoStoreException {
    Optional<RoomSettings> settings = loaded.get(roomId);
    if (settings == null) {
      settings =
          rows.find(key(roomId))
              .map(
                  row ->
                      new RoomSettings(
                          Duration.ofMillis(row.path("period_ms").asLong()),
                          row.path("messages").asLong()));
      loaded.put(roomId, settings);
    }
    return settings;
  }

  RoomSettingsOutcome put(String roomId, ObjectNode content) throws CryptoStoreException {
    Optional<RoomSettings> settings = RoomSettings.parse(content);
    if (settings.isEmpty()) {
      return RoomSettingsOutcome.REFUSED_ALGORITHM; // ROOM-ALGORITHM
    }
    Optional<RoomSettings> before = find(roomId);
    if (before.isPresent()) {
      return before.equals(settings)
          ? RoomSettingsOutcome.UNCHANGED
          : RoomSettingsOutcome.REFUSED_CHANGE; // ROOM-DOWNGRADE
    }
    loaded.put(roomId, settings);
    rows.put(
        key(roomId),
        Json.newObject()
            .put("period_ms", settings.get().rotationPeriod().toMillis())
            .put("messages", settings.get().rotationMessages()));
    return RoomSettingsOutcome.ACCEPTED;
  }

  private static RowKey key(String roomId) {
    return new RowKey(KIND, roomId, "");
  }

  /** Lets go of what was not used lately. Only when everything is written. */
  void trim() {
    var eldest = loaded.entrySet().iterator();
    while (loaded.size() > MAX_IN_MEMORY && eldest.hasNext()) {
      eldest.next();
      eldest.remove();
    }
  }
}
