package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of one remote device (EM-RING), the last one for each index, in arrival order. */
final class RemoteRing {
  private final Map<KeyIndex, Entry> entries = new LinkedHashMap<>();

  /** One key and when it came. */
  record Entry(ReceivedKey received, Instant at) {
    MediaKey key() {
      return received.key();
    }

    KeyIndex index() {
      return received.index();
    }
  }

  /** What became of a key. */
  sealed interface Put {
    /** It is in the ring; {@code out} are keys that it replaced or pushed out. */
    record Stored(List<MediaKey> out) implements Put {}

    /** It was there already. */
    record Known() implements Put {}

    /** A key for the same index was sent later than this one (EM-13). */
    record Outdated() implements Put {}
  }

  Put put(ReceivedKey key, Instant now) {
    Entry before = entries.get(key.index());
    if (before != null && sentBefore(key, before.received)) {
      return new Put.Outdated();
    }
    if (before != null && before.key().sameMaterial(key.key())) {
      return new Put.Known();
    }
    List<MediaKey> out = new ArrayList<>();
    if (before != null) {
      entries.remove(key.index());
      out.add(before.key());
    }
    if (entries.size() >= RemoteKeys.RING_KEYS) {
      Entry oldest = entries.values().iterator().next();
      entries.remove(oldest.index());
      out.add(oldest.key());
    }
    entries.put(key.index(), new Entry(key, now));
    return new Put.Stored(out);
  }

  List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  Optional<Entry> newest() {
    Entry last = null;
    for (Entry entry : entries.values()) {
      last = entry;
    }
    return Optional.ofNullable(last);
  }

  void wipe() {
    entries.values().forEach(entry -> entry.key().close());
    entries.clear();
  }

  private static boolean sentBefore(ReceivedKey key, ReceivedKey other) {
    return key.sentAt().isPresent()
        && other.sentAt().isPresent()
        && key.sentAt().get().isBefore(other.sentAt().get());
  }
}
