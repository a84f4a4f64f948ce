package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.RoomKeyChanges.MessageIndex;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where decrypted events stood in their sessions, so that a copy at the same place is noticed
 * (ROOM-REPLAY). Events mostly come in order: an event beyond the last place of its session has no
 * copy, and the store is not asked.
 */
final class DecryptedPlaces {
  /** Of as many sessions the last place stays in memory between operations. */
  static final int MAX_IN_MEMORY = 1_000;

  private static final long NONE = -1;

  private final CryptoStore store;
  private final UnitOfWork work;
  private final Map<RoomKeyId, Long> last = new LinkedHashMap<>(16, 0.75f, true);

  DecryptedPlaces(CryptoStore store, UnitOfWork work) {
    this.store = store;
    this.work = work;
  }

  /** The event that was decrypted at a place. */
  Optional<String> find(MessageIndex place) throws CryptoStoreException {
    Optional<String> unwritten = work.changes().decryptedEventAt(place);
    if (unwritten.isPresent() || place.index() > last(place.id())) {
      return unwritten;
    }
    return store.decryptedEvent(place.id(), place.index());
  }

  /** Remembers an event. */
  void add(MessageIndex place, String eventId) throws CryptoStoreException {
    last.put(place.id(), Math.max(last(place.id()), place.index()));
    work.changes().decryptedEvent(place, eventId);
  }

  private long last(RoomKeyId id) throws CryptoStoreException {
    Long known = last.get(id);
    if (known == null) {
      known = store.lastDecryptedIndex(id).orElse(NONE);
      last.put(id, known);
    }
    return known;
  }

  /** Lets go of what was not used lately. Only when everything is written. */
  void trim() {
    Iterator<Long> eldest = last.values().iterator();
    while (last.size() > MAX_IN_MEMORY && eldest.hasNext()) {
      eldest.next();
      eldest.remove();
    }
  }
}
