package io.matrixrtc.olm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The private one-time keys of an account, by id, and which of them nobody was told of yet. */
final class OneTimeKeys {
  /** How many are kept; the lowest ids go first. */
  static final int MAX_STORED = 5000;

  /** A key and whether the server has it. */
  record Entry(Curve25519SecretKey key, boolean published) {}

  private final TreeMap<Long, Entry> byId = new TreeMap<>();
  private final Map<Curve25519PublicKey, Long> idOf = new HashMap<>();

  /** Adds a key and returns the one that had to go for it. */
  @Nullable Curve25519PublicKey add(long id, Curve25519SecretKey key, boolean published) {
    byId.put(id, new Entry(key, published));
    idOf.put(key.publicKey(), id);
    if (byId.size() <= MAX_STORED) {
      return null;
    }
    Curve25519PublicKey oldest = byId.firstEntry().getValue().key().publicKey();
    remove(oldest); // ACC-OTK-MAX
    return oldest;
  }

  @Nullable Curve25519SecretKey find(Curve25519PublicKey key) {
    Long id = idOf.get(key);
    Entry entry = id == null ? null : byId.get(id);
    return entry == null ? null : entry.key();
  }

  void remove(Curve25519PublicKey key) {
    Long id = idOf.remove(key);
    Entry entry = id == null ? null : byId.remove(id);
    if (entry != null) {
      entry.key().close();
    }
  }

  /** Keys that were never marked as published, by id. */
  Map<Long, Curve25519PublicKey> unpublished() {
    TreeMap<Long, Curve25519PublicKey> keys = new TreeMap<>();
    byId.forEach(
        (id, entry) -> {
          if (!entry.published()) {
            keys.put(id, entry.key().publicKey());
          }
        });
    return keys;
  }

  void markAsPublished() {
    byId.replaceAll((id, entry) -> new Entry(entry.key(), true));
  }

  int size() {
    return byId.size();
  }

  /** All entries, by id. */
  Map<Long, Entry> all() {
    return byId;
  }

  void wipe() {
    List<Curve25519PublicKey> keys = new ArrayList<>(idOf.keySet());
    keys.forEach(this::remove);
  }
}
