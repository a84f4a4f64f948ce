package io.matrixrtc.backup.roomkey;

import io.matrixrtc.e2ee.RoomKeyId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Room keys that go to the store in one transaction. Copies of one key are merged here already, so
 * that the best one wins in whatever order they came (MERGE-BATCH); copies that are not connected
 * all go on, since only what the store holds can tell which one is right. Takes over what it is
 * given, and wipes it when closed. Not thread-safe.
 */
public final class RoomKeyBatch implements AutoCloseable {
  private final Map<RoomKeyId, List<ExportedRoomKey>> keys = new LinkedHashMap<>();

  /** Starts empty. */
  public RoomKeyBatch() {}

  /** Adds a key, which it takes over. */
  public void add(ExportedRoomKey arrived) {
    List<ExportedRoomKey> copies = keys.computeIfAbsent(arrived.id(), id -> new ArrayList<>());
    for (int i = 0; i < copies.size(); i++) {
      ExportedRoomKey held = copies.get(i);
      if (RoomKeyMerge.isConnected(held, arrived)) {
        Optional<ExportedRoomKey> better = RoomKeyMerge.better(held, arrived);
        arrived.close();
        if (better.isPresent()) {
          copies.set(i, better.get());
          held.close();
        }
        return;
      }
    }
    copies.add(arrived);
  }

  /** The merged keys, which stay this object's. */
  public List<ExportedRoomKey> keys() {
    List<ExportedRoomKey> all = new ArrayList<>();
    keys.values().forEach(all::addAll);
    return all;
  }

  /** How many rooms and sessions it names. */
  public int size() {
    return keys.size();
  }

  /** Wipes all keys. */
  @Override
  public void close() {
    keys.values().forEach(copies -> copies.forEach(ExportedRoomKey::close));
    keys.clear();
  }
}
