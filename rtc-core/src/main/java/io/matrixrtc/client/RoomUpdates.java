package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.RoomUpdate;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** What is read out of events and updates for sessions, beside the state itself. */
final class RoomUpdates {
  private RoomUpdates() {}

  static boolean hasTime(ObjectNode event) {
    return event.path("origin_server_ts").isIntegralNumber()
        && event.path("origin_server_ts").canConvertToLong();
  }

  static Instant time(ObjectNode event) {
    return Instant.ofEpochMilli(event.path("origin_server_ts").longValue());
  }

  /** Users whose call memberships are in {@code update}: their devices send keys, and want ours. */
  static Set<String> callUsers(RoomUpdate update) {
    Set<String> users = new HashSet<>();
    update.events().stream()
        .filter(event -> !event.content().isEmpty())
        .forEach(event -> users.add(event.sender()));
    update.sticky().stream()
        .filter(event -> event.content().has("application"))
        .forEach(event -> users.add(event.sender()));
    return users;
  }
}
