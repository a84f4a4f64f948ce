package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.KeyChanges.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * Collects changes of devices and identities until they are asked for (DEV-STREAM). Several changes
 * of one thing are one, so it never holds more than there are devices and users.
 */
final class KeyChangeLog {
  private final Map<UserDevice, Kind> devices = new HashMap<>();
  private final Map<String, Kind> identities = new HashMap<>();
  private long count;

  void device(UserDevice device, Kind kind) {
    add(devices, device, kind);
  }

  void identity(String userId, Kind kind) {
    add(identities, userId, kind);
  }

  private <K> void add(Map<K, Kind> changes, K key, Kind kind) {
    count++;
    Kind before = changes.get(key);
    if (before == Kind.NEW && kind == Kind.DELETED) {
      changes.remove(key); // came and went unseen
    } else if (before == Kind.NEW) {
      return; // still new
    } else if (before == Kind.DELETED) {
      changes.put(key, Kind.CHANGED); // went and came back
    } else {
      changes.put(key, kind);
    }
  }

  /** How many changes there were, ever: with none since, trust is as it was. */
  long count() {
    return count;
  }

  /** Returns the changes since the last call. */
  KeyChanges take() {
    KeyChanges taken = new KeyChanges(devices, identities);
    devices.clear();
    identities.clear();
    return taken;
  }
}
