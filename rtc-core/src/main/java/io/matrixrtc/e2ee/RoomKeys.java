package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room keys that are held. Loaded from the store when needed. Every key that arrives, whatever
 * way, is merged here.
 */
final class RoomKeys {
  private static final Logger LOG = LoggerFactory.getLogger(RoomKeys.class);

  /** As many keys that arrived are told of; the oldest go first. */
  static final int MAX_ARRIVED = 10_000;

  /** As many keys stay open in memory between operations; the rest is in the store. */
  static final int MAX_IN_MEMORY = 1_000;

  private final CryptoStore store;
  private final RatchetSeal seal;
  private final UnitOfWork work;
  private final Map<RoomKeyId, RoomKey> loaded = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<RoomKeyId> arrived = new LinkedHashSet<>();
  private long merges;

  RoomKeys(CryptoStore store, RatchetSeal seal, UnitOfWork work) {
    this.store = store;
    this.seal = seal;
    this.work = work;
  }

  Optional<RoomKey> find(RoomKeyId id) throws CryptoStoreException {
    RoomKey key = loaded.get(id);
    if (key == null) {
      Optional<StoredRoomKey> stored = store.roomKey(id);
      if (stored.isEmpty()) {
        return Optional.empty();
      }
      key = new RoomKey(stored.get().info(), seal.openGroupSession(stored.get()));
      loaded.put(id, key);
    }
    return Optional.of(key);
  }

  /** Those of these keys that are held; asks the store once. */
  Map<RoomKeyId, RoomKey> find(Collection<RoomKeyId> ids) throws CryptoStoreException {
    Map<RoomKeyId, RoomKey> held = new HashMap<>();
    Set<RoomKeyId> others = new LinkedHashSet<>();
    for (RoomKeyId id : ids) {
      RoomKey key = loaded.get(id);
      if (key == null) {
        others.add(id);
      } else {
        held.put(id, key);
      }
    }
    for (StoredRoomKey stored : store.roomKeys(others).values()) {
      RoomKey key = new RoomKey(stored.info(), seal.openGroupSession(stored));
      loaded.put(stored.id(), key);
      held.put(stored.id(), key);
    }
    return held;
  }

  /**
   * Keeps a key, which it takes over, or what is better in it than in the one that is held.
   *
   * @return whether anything was better
   */
  boolean merge(RoomKey arrived) throws CryptoStoreException {
    return merge(arrived, find(arrived.info().id()));
  }

  /** As {@link #merge(RoomKey)}, where {@code held} is what {@link #find} just gave. */
  boolean merge(RoomKey arrived, Optional<RoomKey> held) {
    if (held.isEmpty()) {
      keep(arrived);
      onBetter(arrived.info().id());
      return true;
    }
    Optional<RoomKey> better = held.get().merge(arrived);
    arrived.close();
    if (better.isEmpty()) {
      LOG.debug("{}: nothing new in a room key that arrived again", arrived.info().id());
      return false;
    }
    RoomKeyInfo before = held.get().info();
    held.get().close();
    keep(better.get());
    if (!better.get().info().hasSameRatchetAs(before)) {
      onBetter(before.id());
    }
    merges++;
    return true;
  }

  /** A backup has not got it like this, and events may be readable now (BACKUP-MARK). */
  private void onBetter(RoomKeyId id) {
    work.changes().backupMark(id, Optional.empty());
    arrived.remove(id);
    arrived.add(id);
    if (arrived.size() > MAX_ARRIVED) {
      arrived.remove(arrived.iterator().next());
    }
  }

  /** How often a key that was held became better, perhaps in what is known of its owner. */
  long merges() {
    return merges;
  }

  /** Forgets a key. */
  void forget(RoomKeyId id) {
    RoomKey held = loaded.remove(id);
    if (held != null) {
      held.close();
    }
    arrived.remove(id);
    work.changes().forgetRoomKey(id);
  }

  /** Returns the keys that are new or read further back since the last call, oldest first. */
  Set<RoomKeyId> takeArrived() {
    Set<RoomKeyId> taken = new LinkedHashSet<>(arrived);
    arrived.clear();
    return taken;
  }

  /** Notes that more is known of a key's owner. */
  void improveSender(RoomKey key, SenderData sender) {
    keep(key.withSender(sender));
  }

  /** What is known of the keys whose owner may be judged better by now. */
  List<RoomKeyInfo> improvableOf(Curve25519PublicKey senderKey) throws CryptoStoreException {
    return store.roomKeysFrom(senderKey).stream()
        .map(StoredRoomKey::info)
        .filter(info -> info.sender().mayImprove())
        .toList();
  }

  private void keep(RoomKey key) {
    loaded.put(key.info().id(), key);
    work.changes()
        .roomKey(new StoredRoomKey(key.info(), seal.seal(key.info().id(), key.session())));
  }

  /** Lets go of what was not used lately. Only when everything is written. */
  void trim() {
    Iterator<RoomKey> eldest = loaded.values().iterator();
    while (loaded.size() > MAX_IN_MEMORY && eldest.hasNext()) {
      eldest.next().close();
      eldest.remove();
    }
  }

  void close() {
    loaded.values().forEach(RoomKey::close);
    loaded.clear();
  }
}
