package io.matrixrtc.e2ee;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What failed and when to try again: 15 s after the first failure, then 30 s, 1, 2, 4, 8 and 15
 * minutes. The count stays until a success (DEV-BACKOFF).
 */
final class FailureBackoff<K> {
  /** As many failures are remembered; the oldest go first. */
  static final int MAX_ENTRIES = 10_000;

  static final Duration FIRST = Duration.ofSeconds(15);
  static final Duration LONGEST = Duration.ofMinutes(15);

  private final Map<K, Failure> failures = new LinkedHashMap<>();

  private record Failure(int count, Instant until) {}

  void failed(K key, Instant now) {
    Failure earlier = failures.remove(key);
    int count = earlier == null ? 1 : earlier.count() + 1;
    failures.put(key, new Failure(count, now.plus(delay(count))));
    if (failures.size() > MAX_ENTRIES) {
      Iterator<K> oldest = failures.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  void succeeded(K key) {
    failures.remove(key);
  }

  boolean isWaiting(K key, Instant now) {
    Failure failure = failures.get(key);
    return failure != null && now.isBefore(failure.until());
  }

  /** When the next wait ends, if there is one. */
  Optional<Instant> nextEnd(Instant now) {
    return failures.values().stream()
        .map(Failure::until)
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }

  /** The wait after the {@code count}th failure, counted from 1. */
  static Duration delay(int count) {
    Duration delay = FIRST.multipliedBy(1L << Math.min(count - 1, 10));
    return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
  }
}
