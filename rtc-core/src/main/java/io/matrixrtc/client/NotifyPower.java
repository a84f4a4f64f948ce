package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;

/**
 * Who may notify everyone in a room ({@code @room}), by its power levels. Matrix specification,
 * {@code m.room.power_levels}; creators from room version 12.
 */
final class NotifyPower {
  private static final int DEFAULT_LEVEL = 50;
  private static final Set<String> CREATORS_RULE = Set.of("12", "org.matrix.hydra.11");

  private JsonNode levels = MissingNode.getInstance();
  private final Set<String> creators = new HashSet<>();
  private boolean creatorsRule;

  /** Takes a state event in. */
  void on(ObjectNode event) {
    if (!event.path("state_key").asText("?").isEmpty()
        || !(event.get("content") instanceof ObjectNode content)) {
      return;
    }
    String type = event.path("type").asText();
    if (type.equals("m.room.power_levels")) {
      levels = content;
    } else if (type.equals("m.room.create")) {
      creatorsRule = CREATORS_RULE.contains(content.path("room_version").asText());
      creators.clear();
      creators.add(event.path("sender").asText());
      if (creatorsRule) {
        content.path("additional_creators").forEach(user -> creators.add(user.asText()));
      }
    }
  }

  /** Whether a user may. */
  boolean mayNotifyRoom(String userId) {
    boolean isCreator = creators.contains(userId);
    if (isCreator && creatorsRule) {
      return true;
    }
    if (levels.isMissingNode()) {
      return isCreator; // at 100
    }
    JsonNode own = levels.path("users").path(userId);
    int level = own.isMissingNode() ? levels.path("users_default").asInt(0) : own.asInt(0);
    return level >= levels.path("notifications").path("room").asInt(DEFAULT_LEVEL);
  }
}
