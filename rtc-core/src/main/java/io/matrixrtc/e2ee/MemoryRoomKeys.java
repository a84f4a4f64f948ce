package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.RoomKeyChanges.MessageIndex;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The room keys of a {@link MemoryCryptoStore}. */
final class MemoryRoomKeys implements RoomKeyStore {
  private final NavigableMap<RoomKeyId, StoredRoomKey> keys =
      new TreeMap<>(Comparator.comparing(RoomKeyId::roomId).thenComparing(RoomKeyId::sessionId));
  private final Map<RoomKeyId, WithheldRoomKey> withheld = new LinkedHashMap<>();
  private final Map<RoomKeyId, NavigableMap<Long, String>> decryptedEvents = new HashMap<>();
  private final Map<RoomKeyId, String> backupMarks = new HashMap<>();
  private final MemoryRows rows = new MemoryRows();

  @Override
  public Optional<StoredRoomKey> roomKey(RoomKeyId id) {
    return Optional.ofNullable(keys.get(id));
  }

  @Override
  public List<StoredRoomKey> roomKeysFrom(Curve25519PublicKey senderKey) {
    return keys.values().stream().filter(key -> key.info().senderKey().equals(senderKey)).toList();
  }

  @Override
  public List<StoredRoomKey> roomKeys(Optional<RoomKeyId> after, int limit) {
    Map<RoomKeyId, StoredRoomKey> rest =
        after.isPresent() ? keys.tailMap(after.get(), false) : keys;
    return rest.values().stream().limit(limit).toList();
  }

  @Override
  public Optional<WithheldRoomKey> withheld(RoomKeyId id) {
    return Optional.ofNullable(withheld.get(id));
  }

  @Override
  public Optional<String> decryptedEvent(RoomKeyId id, long index) {
    NavigableMap<Long, String> events = decryptedEvents.get(id);
    return events == null ? Optional.empty() : Optional.ofNullable(events.get(index));
  }

  @Override
  public Optional<Long> lastDecryptedIndex(RoomKeyId id) {
    return Optional.ofNullable(decryptedEvents.get(id)).map(NavigableMap::lastKey);
  }

  @Override
  public List<StoredRoomKey> notBackedUp(String version, int limit) {
    return keys.values().stream()
        .filter(key -> !version.equals(backupMarks.get(key.id())))
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<String> backupVersion(RoomKeyId id) {
    return Optional.ofNullable(backupMarks.get(id));
  }

  @Override
  public BackupCount backupCount(String version) {
    long backedUp = backupMarks.values().stream().filter(version::equals).count();
    return new BackupCount(keys.size(), backedUp);
  }

  @Override
  public MemoryRows roomRows() {
    return rows;
  }

  void clear() {
    backupMarks.clear();
    rows.clear();
    keys.clear();
    withheld.clear();
    decryptedEvents.clear();
  }

  void write(RoomKeyChanges changes) {
    changes.forgotten().forEach(keys::remove);
    changes.forgotten().forEach(backupMarks::remove);
    changes.keys().forEach(key -> keys.put(key.id(), key));
    changes.withheld().forEach(this::put);
    changes.decryptedEvents().forEach(this::put);
    changes
        .backupMarks()
        .forEach(
            (id, version) -> {
              backupMarks.remove(id);
              version.filter(v -> keys.containsKey(id)).ifPresent(v -> backupMarks.put(id, v));
            });
    rows.write(changes.rows());
  }

  private void put(MessageIndex place, String eventId) {
    decryptedEvents.computeIfAbsent(place.id(), id -> new TreeMap<>()).put(place.index(), eventId);
  }

  private void put(WithheldRoomKey notice) {
    withheld.remove(notice.id()); // a repeated one counts as new
    withheld.put(notice.id(), notice);
    if (withheld.size() > MAX_WITHHELD) {
      Iterator<RoomKeyId> oldest = withheld.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
