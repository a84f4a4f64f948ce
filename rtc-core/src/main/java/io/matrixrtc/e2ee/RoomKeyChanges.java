package io.matrixrtc.e2ee;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one operation of the machine changed about room keys. Immutable.
 *
 * @param keys new and changed keys
 * @param forgotten keys that are held no more, with their marks; the log of decrypted events stays
 * @param withheld notices of withheld keys, in order
 * @param decryptedEvents ids of decrypted events, by the key and index that opened them
 * @param backupMarks the backup version that now has a key as it is held; empty if none has
 * @param rows what the machine keeps of rooms that it writes to
 */
public record RoomKeyChanges(
    List<StoredRoomKey> keys,
    Set<RoomKeyId> forgotten,
    List<WithheldRoomKey> withheld,
    Map<MessageIndex, String> decryptedEvents,
    Map<RoomKeyId, Optional<String>> backupMarks,
    RowChanges rows) {

  /** The place of one message in a session. */
  public record MessageIndex(RoomKeyId id, long index) {}

  public RoomKeyChanges {
    keys = List.copyOf(keys);
    forgotten = Set.copyOf(forgotten);
    withheld = List.copyOf(withheld);
    decryptedEvents = Map.copyOf(decryptedEvents);
    backupMarks = Map.copyOf(backupMarks);
  }

  /** Collects changes. A later one replaces an earlier one of the same thing. */
  static final class Builder {
    private final Map<RoomKeyId, StoredRoomKey> keys = new LinkedHashMap<>();
    private final Set<RoomKeyId> forgotten = new LinkedHashSet<>();
    private final Map<RoomKeyId, WithheldRoomKey> withheld = new LinkedHashMap<>();
    private final Map<MessageIndex, String> decryptedEvents = new LinkedHashMap<>();
    private final Map<RoomKeyId, Optional<String>> backupMarks = new LinkedHashMap<>();
    private final RowChanges.Builder rows = new RowChanges.Builder();

    void key(StoredRoomKey key) {
      keys.put(key.id(), key);
      forgotten.remove(key.id());
    }

    void forget(RoomKeyId id) {
      keys.remove(id);
      backupMarks.remove(id);
      forgotten.add(id);
    }

    void withheld(WithheldRoomKey notice) {
      withheld.remove(notice.id()); // a repeated one counts as new
      withheld.put(notice.id(), notice);
    }

    void decryptedEvent(MessageIndex at, String eventId) {
      decryptedEvents.put(at, eventId);
    }

    void backupMark(RoomKeyId id, Optional<String> version) {
      backupMarks.put(id, version);
    }

    void row(RowKey key, Optional<Sealed> value) {
      rows.put(key, value);
    }

    Optional<String> decryptedEventAt(MessageIndex at) {
      return Optional.ofNullable(decryptedEvents.get(at));
    }

    RoomKeyChanges build() {
      return new RoomKeyChanges(
          new ArrayList<>(keys.values()),
          forgotten,
          new ArrayList<>(withheld.values()),
          decryptedEvents,
          backupMarks,
          rows.build());
    }
  }
}
