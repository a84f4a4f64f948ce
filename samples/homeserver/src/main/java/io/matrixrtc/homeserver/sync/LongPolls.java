package io.matrixrtc.homeserver.sync;

import io.matrixrtc.homeserver.store.News;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The syncs that wait for news. Used on the state thread. */
final class LongPolls {
  /** A waiting sync. */
  interface Waiter {
    String deviceId();

    /** There may be something for it. */
    void wake();
  }

  private final Map<String, Set<Waiter>> byUser = new HashMap<>();

  LongPolls(News news) {
    news.listen(this::wake);
  }

  void add(String userId, Waiter waiter) {
    byUser.computeIfAbsent(userId, user -> new LinkedHashSet<>()).add(waiter);
  }

  void remove(String userId, Waiter waiter) {
    Set<Waiter> waiters = byUser.get(userId);
    if (waiters != null && waiters.remove(waiter) && waiters.isEmpty()) {
      byUser.remove(userId);
    }
  }

  /** Wakes the syncs of one device, or of all devices of the user. */
  void wake(String userId, String deviceId) {
    for (Waiter waiter : List.copyOf(byUser.getOrDefault(userId, Set.of()))) {
      if (deviceId.equals(News.ALL_DEVICES) || deviceId.equals(waiter.deviceId())) {
        waiter.wake();
      }
    }
  }
}
