package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.RoomMembers;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What of a room's state decides how its events are encrypted. */
final class RoomMembersState {
  private final Set<String> joined = new HashSet<>();
  private final Set<String> invited = new HashSet<>();
  private HistoryVisibility visibility = HistoryVisibility.SHARED;
  private @Nullable ObjectNode encryption;

  /** Takes state events, of which a later one replaces an earlier one (FEED-LAST). */
  void apply(List<ObjectNode> state) {
    for (ObjectNode event : state) {
      if (event.path("state_key").isTextual()
          && event.get("content") instanceof ObjectNode content) {
        apply(event.path("type").asText(), event.path("state_key").textValue(), content);
      }
    }
  }

  private void apply(String type, String stateKey, ObjectNode content) {
    if (type.equals("m.room.member")) {
      String membership = content.path("membership").asText();
      joined.remove(stateKey);
      invited.remove(stateKey);
      if (membership.equals("join")) {
        joined.add(stateKey);
      } else if (membership.equals("invite")) {
        invited.add(stateKey);
      }
    } else if (type.equals("m.room.history_visibility") && stateKey.isEmpty()) {
      visibility = HistoryVisibility.labelled(content.path("history_visibility").asText());
    } else if (type.equals("m.room.encryption") && stateKey.isEmpty()) {
      encryption = content;
    }
  }

  /** The content of {@code m.room.encryption}, if there was one. */
  Optional<ObjectNode> encryption() {
    return Optional.ofNullable(encryption);
  }

  RoomMembers members() {
    return new RoomMembers(joined, invited, visibility);
  }

  /** Joined and invited users. */
  Set<String> users() {
    Set<String> users = new HashSet<>(joined);
    users.addAll(invited);
    return users;
  }
}
