package io.matrixrtc.widget.drivers;

import java.util.LinkedHashSet;
import java.util.Set;

/** The last so many ids; older ones are forgotten. Confined to one thread. */
final class RecentIds {
  private final int limit;
  private final Set<String> ids = new LinkedHashSet<>();

  RecentIds(int limit) {
    this.limit = limit;
  }

  /** Whether it is new. */
  boolean add(String id) {
    if (!ids.add(id)) {
      return false;
    }
    if (ids.size() > limit) {
      ids.remove(ids.iterator().next());
    }
    return true;
  }

  /** Whether it was there. */
  boolean remove(String id) {
    return ids.remove(id);
  }
}
