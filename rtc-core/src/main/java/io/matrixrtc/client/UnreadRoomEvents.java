package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.RoomDecryptionFailure;
import io.matrixrtc.e2ee.RoomKeyId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Events that could not be read for want of a key, or of trust in their sender, to be tried again
 * when the machine tells of their key.
 */
final class UnreadRoomEvents {
  /** As many wait; the oldest go first (ROOMS-RETRY). */
  static final int MAX_EVENTS = 1_000;

  private final Map<String, Waiting> events = new LinkedHashMap<>(); // by event id

  /** One event, and the key that it wants. */
  record Waiting(String roomId, ObjectNode event, RoomKeyId key) {}

  /** Keeps an event, if its key, or what is thought of the key's owner, may change that. */
  void add(String roomId, ObjectNode event, RoomDecryptionFailure failure) {
    Optional<RoomKeyId> key = wanted(roomId, event, failure);
    if (key.isPresent()) {
      events.put(event.path("event_id").asText(), new Waiting(roomId, event, key.get()));
      if (events.size() > MAX_EVENTS) {
        events.remove(events.keySet().iterator().next());
      }
    }
  }

  private static Optional<RoomKeyId> wanted(
      String roomId, ObjectNode event, RoomDecryptionFailure failure) {
    if (failure instanceof RoomDecryptionFailure.MissingRoomKey missing) {
      return Optional.of(missing.key());
    } else if (failure instanceof RoomDecryptionFailure.UnknownIndex later) {
      return Optional.of(later.key());
    } else if (failure instanceof RoomDecryptionFailure.UntrustedSender) {
      return Optional.of(new RoomKeyId(roomId, event.path("content").path("session_id").asText()));
    }
    return Optional.empty();
  }

  /** Returns the events that want one of {@code keys}, in their order, once. */
  List<Waiting> take(Set<RoomKeyId> keys) {
    List<Waiting> taken = new ArrayList<>();
    events
        .values()
        .removeIf(
            waiting -> {
              boolean wants = keys.contains(waiting.key());
              if (wants) {
                taken.add(waiting);
              }
              return wants;
            });
    return taken;
  }
}
