package io.matrixrtc.backup.ondemand;

import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers for each key until when it is left alone, doubling each time; bounded. */
final class KeyBackoff {
  private record Rest(Instant since, Instant until, Duration length) {}

  private final Duration first;
  private final Duration most;
  private final int limit;
  private final Map<RoomKeyId, Rest> rests = new LinkedHashMap<>();

  KeyBackoff(Duration first, Duration most, int limit) {
    this.first = first;
    this.most = most;
    this.limit = limit;
  }

  void rest(RoomKeyId id, Instant now) {
    Rest before = rests.remove(id);
    Duration length = before == null ? first : before.length().multipliedBy(2);
    if (length.compareTo(most) > 0) {
      length = most;
    }
    rests.put(id, new Rest(now, now.plus(length), length));
    if (rests.size() > limit) {
      rests.remove(rests.keySet().iterator().next());
    }
  }

  /** Until when a key is left alone; a clock that went back ends the rest. */
  Optional<Instant> restsUntil(RoomKeyId id, Instant now) {
    Rest rest = rests.get(id);
    if (rest == null || !now.isBefore(rest.until()) || now.isBefore(rest.since())) {
      return Optional.empty();
    }
    return Optional.of(rest.until());
  }

  void forget(RoomKeyId id) {
    rests.remove(id);
  }

  void clear() {
    rests.clear();
  }
}
