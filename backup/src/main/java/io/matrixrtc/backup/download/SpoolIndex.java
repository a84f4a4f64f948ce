package io.matrixrtc.backup.download;

import io.matrixrtc.e2ee.RoomKeyId;

/**
 * Where in the spool each key is: 16 bytes for each at two thirds full, 32 MB for a million keys.
 * Names are kept as 64-bit hashes, so a hit must be compared with the frame itself.
 */
final class SpoolIndex {
  private static final int FIRST_CAPACITY = 1 << 10;

  private long[] hashes = new long[FIRST_CAPACITY];
  private long[] places = new long[FIRST_CAPACITY];
  private int size;

  /** Remembers the place of a key, instead of an earlier one. */
  void put(RoomKeyId id, long place) {
    if (size * 3L > hashes.length * 2L) {
      grow();
    }
    long hash = hash(id);
    int slot = slot(hashes, hash);
    if (hashes[slot] == 0) {
      size++;
    }
    hashes[slot] = hash;
    places[slot] = place;
  }

  /** The place of a key, or of one with the same hash; −1 if there is none. */
  long find(RoomKeyId id) {
    long hash = hash(id);
    int slot = slot(hashes, hash);
    return hashes[slot] == 0 ? -1 : places[slot];
  }

  private void grow() {
    long[] biggerHashes = new long[hashes.length * 2];
    long[] biggerPlaces = new long[hashes.length * 2];
    for (int i = 0; i < hashes.length; i++) {
      if (hashes[i] != 0) {
        int slot = slot(biggerHashes, hashes[i]);
        biggerHashes[slot] = hashes[i];
        biggerPlaces[slot] = places[i];
      }
    }
    hashes = biggerHashes;
    places = biggerPlaces;
  }

  private static int slot(long[] hashes, long hash) {
    int mask = hashes.length - 1;
    int slot = (int) (hash >>> 20) & mask;
    while (hashes[slot] != 0 && hashes[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Never 0, which stands for an empty slot. */
  private static long hash(RoomKeyId id) {
    long hash = 0xcbf29ce484222325L;
    String session = id.sessionId();
    for (int i = 0; i < session.length(); i++) {
      hash = (hash ^ session.charAt(i)) * 0x100000001b3L;
    }
    String room = id.roomId();
    for (int i = 0; i < room.length(); i++) {
      hash = (hash ^ room.charAt(i)) * 0x100000001b3L;
    }
    hash ^= hash >>> 32;
    hash *= 0x9E3779B97F4A7C15L;
    return hash == 0 ? 1 : hash;
  }
}
