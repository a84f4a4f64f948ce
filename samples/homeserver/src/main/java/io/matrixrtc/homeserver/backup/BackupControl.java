package io.matrixrtc.homeserver.backup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** What a test sets for key backups while the server runs. Safe for many threads. */
public final class BackupControl {
  /** In which order whole backups and rooms are given; clients must not depend on any. */
  public enum Order {
    /** By room and session id. */
    SORTED,
    /** Rooms, and sessions within each page that is read, in an arbitrary order. */
    SHUFFLED
  }

  private record Version(String userId, String version) {}

  private final Map<Version, EntrySource> sources = new ConcurrentHashMap<>();
  private volatile Order order = Order.SORTED;

  /**
   * Answers reads of a version, which must exist, from {@code source} in place of what is stored;
   * uploads to it are refused.
   */
  public void serve(String userId, String version, EntrySource source) {
    sources.put(new Version(userId, version), source);
  }

  public void order(Order wanted) {
    order = wanted;
  }

  Optional<EntrySource> source(String userId, long version) {
    return Optional.ofNullable(sources.get(new Version(userId, Long.toString(version))));
  }

  /** The items in the order that is set; the same at each call. */
  <T> List<T> ordered(List<T> items) {
    if (order == Order.SORTED) {
      return items;
    }
    List<T> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(items.size()));
    return shuffled;
  }
}
