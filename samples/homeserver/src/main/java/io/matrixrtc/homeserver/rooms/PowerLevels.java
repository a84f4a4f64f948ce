package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The levels of a room: the power of users and what it takes to do something. */
record PowerLevels(ObjectNode content, Optional<String> creator) {
  private static final int CREATOR_LEVEL = 100;
  private static final int DEFAULT_STATE_LEVEL = 50;
  private static final int DEFAULT_ACTION_LEVEL = 50;

  /** Before there is a power level event, the creator has 100 and sending takes nothing. */
  static PowerLevels ofCreator(String creator) {
    return new PowerLevels(Json.object().put("state_default", 0), Optional.of(creator));
  }

  static PowerLevels of(ObjectNode content) {
    return new PowerLevels(content, Optional.empty());
  }

  long ofUser(String userId) {
    if (creator.isPresent()) {
      return creator.get().equals(userId) ? CREATOR_LEVEL : 0;
    }
    return content.path("users").path(userId).asLong(content.path("users_default").asLong(0));
  }

  long toSend(String type, boolean state) {
    long otherwise =
        state
            ? content.path("state_default").asLong(DEFAULT_STATE_LEVEL)
            : content.path("events_default").asLong(0);
    return content.path("events").path(type).asLong(otherwise);
  }

  /** The level that {@code kick}, {@code ban} or {@code redact} takes. */
  long toAct(String action) {
    return content.path(action).asLong(DEFAULT_ACTION_LEVEL);
  }

  long toInvite() {
    return content.path("invite").asLong(0);
  }

  /** Refuses content with levels that are no whole numbers or users that are none. */
  static void checkShape(ObjectNode content) {
    for (String name : LEVELS) {
      checkLevel(name, content.path(name));
    }
    for (String group : GROUPS) {
      JsonNode levels = content.path(group);
      if (!levels.isMissingNode() && !levels.isObject()) {
        throw MatrixException.badJson("power levels: " + group + " must be an object");
      }

      for (Map.Entry<String, JsonNode> member : levels.properties()) {
        checkLevel(group + "." + member.getKey(), member.getValue());
        if (group.equals("users") && !Permissions.isUserId(member.getKey())) {
          throw MatrixException.badJson("power levels: not a user id: " + member.getKey());
        }
      }
    }
  }

  /** HS-PERM-LEVELS: nobody raises above the own level, nor touches what is above it. */
  void checkChange(String sender, ObjectNode next) {
    long own = ofUser(sender);
    for (String name : LEVELS) {
      checkChange(own, name, content.path(name), next.path(name));
    }
    for (String group : GROUPS) {
      Set<String> names = new HashSet<>();
      content.path(group).fieldNames().forEachRemaining(names::add);
      next.path(group).fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        JsonNode before = content.path(group).path(name);
        checkChange(own, group + "." + name, before, next.path(group).path(name));
        boolean otherUser = group.equals("users") && !name.equals(sender);
        if (otherUser
            && !before.equals(next.path(group).path(name))
            && before.asLong(0) >= own
            && !before.isMissingNode()) {
          throw MatrixException.forbidden("You cannot change the level of an equal: " + name);
        }
      }
    }
  }

  private static final Set<String> LEVELS =
      Set.of("ban", "events_default", "invite", "kick", "redact", "state_default", "users_default");
  private static final Set<String> GROUPS = Set.of("events", "users", "notifications");

  private static void checkChange(long own, String name, JsonNode before, JsonNode after) {
    if (!before.equals(after) && (before.asLong(0) > own || after.asLong(0) > own)) {
      throw MatrixException.forbidden("You don't have permission to change " + name);
    }
  }

  private static void checkLevel(String name, JsonNode level) {
    if (!level.isMissingNode() && !level.isIntegralNumber()) {
      throw MatrixException.badJson("power levels: " + name + " must be a whole number");
    }
  }
}
