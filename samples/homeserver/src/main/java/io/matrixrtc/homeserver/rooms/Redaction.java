package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import java.util.Map;
import java.util.Set;

/** What a redaction leaves of an event's content. */
final class Redaction {
  private static final Map<String, Set<String>> KEPT =
      Map.of(
          EventType.MEMBER, Set.of("membership", "join_authorised_via_users_server"),
          EventType.JOIN_RULES, Set.of("join_rule", "allow"),
          EventType.HISTORY_VISIBILITY, Set.of("history_visibility"),
          EventType.POWER_LEVELS,
              Set.of(
                  "ban",
                  "events",
                  "events_default",
                  "kick",
                  "redact",
                  "state_default",
                  "users",
                  "users_default"));

  private Redaction() {}

  static ObjectNode remaining(Event event, RoomVersion version) {
    ObjectNode kept = Json.object();
    if (event.type().equals(EventType.CREATE)) {
      return version.creatorInContent()
          ? keep(event.content(), Set.of("creator"), kept)
          : event.content().deepCopy();
    }
    keep(event.content(), KEPT.getOrDefault(event.type(), Set.of()), kept);
    if (!version.creatorInContent()) {
      // Version 11 keeps these two as well.
      if (event.type().equals(EventType.POWER_LEVELS)) {
        keep(event.content(), Set.of("invite"), kept);
      } else if (event.type().equals(EventType.REDACTION)) {
        keep(event.content(), Set.of("redacts"), kept);
      }
    }
    return kept;
  }

  private static ObjectNode keep(ObjectNode content, Set<String> names, ObjectNode into) {
    for (String name : names) {
      JsonNode value = content.get(name);
      if (value != null) {
        into.set(name, value);
      }
    }
    return into;
  }
}
