package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Keys of devices that are not in the call yet, oldest first. Bounded in number, in number for each
 * device and each user, and in age (EM-EARLY).
 */
final class EarlyKeys {
  /** As many keys are held for all devices together. */
  static final int MAX_KEYS = 256;

  /** As many keys are held for one device, so that it cannot push out the others. */
  static final int MAX_KEYS_PER_DEVICE = RemoteKeys.RING_KEYS;

  /** As many keys are held for all devices of one user: anybody can have many devices. */
  static final int MAX_KEYS_PER_USER = 4 * MAX_KEYS_PER_DEVICE;

  /** A key of this age is dropped. */
  static final Duration MAX_AGE = Duration.ofMinutes(5);

  private final Deque<Early> keys = new ArrayDeque<>();

  private record Early(ReceivedKey key, Instant at) {}

  int size() {
    return keys.size();
  }

  /** Holds a key; returns the one that it pushed out. */
  Optional<ReceivedKey> hold(ReceivedKey key, Instant now) {
    keys.addLast(new Early(key, now));
    Predicate<Early> sameDevice = early -> early.key.from().equals(key.from());
    Predicate<Early> sameUser = early -> userOf(early).equals(key.from().userId());
    if (count(sameDevice) > MAX_KEYS_PER_DEVICE) {
      return takeFirst(sameDevice);
    }
    if (count(sameUser) > MAX_KEYS_PER_USER) {
      return takeFirst(sameUser);
    }
    return keys.size() > MAX_KEYS ? takeFirstOfTheGreediest() : Optional.empty();
  }

  /** Takes the oldest key of those users who have most: a flood pushes out itself. */
  private Optional<ReceivedKey> takeFirstOfTheGreediest() {
    Map<String, Long> counts =
        keys.stream().collect(Collectors.groupingBy(EarlyKeys::userOf, Collectors.counting()));
    long most = Collections.max(counts.values());
    return takeFirst(early -> counts.getOrDefault(userOf(early), 0L) == most);
  }

  private long count(Predicate<Early> which) {
    return keys.stream().filter(which).count();
  }

  private static String userOf(Early early) {
    return early.key.from().userId();
  }

  /** Takes every key of {@code device}, in arrival order. */
  List<ReceivedKey> take(DeviceAddress device) {
    return takeAll(early -> early.key.from().equals(device));
  }

  /** Takes every key that is too old. */
  List<ReceivedKey> takeExpired(Instant now) {
    return takeAll(early -> !now.isBefore(early.at.plus(MAX_AGE)));
  }

  /** When the oldest key becomes too old. */
  Optional<Instant> nextExpiry() {
    return Optional.ofNullable(keys.peekFirst()).map(early -> early.at.plus(MAX_AGE));
  }

  /** Wipes all. */
  void clear() {
    keys.forEach(early -> early.key.key().close());
    keys.clear();
  }

  private Optional<ReceivedKey> takeFirst(Predicate<Early> which) {
    for (Iterator<Early> all = keys.iterator(); all.hasNext(); ) {
      Early early = all.next();
      if (which.test(early)) {
        all.remove();
        return Optional.of(early.key);
      }
    }
    return Optional.empty();
  }

  private List<ReceivedKey> takeAll(Predicate<Early> which) {
    List<ReceivedKey> taken = new ArrayList<>();
    keys.removeIf(
        early -> {
          boolean take = which.test(early);
          if (take) {
            taken.add(early.key);
          }
          return take;
        });
    return taken;
  }
}
