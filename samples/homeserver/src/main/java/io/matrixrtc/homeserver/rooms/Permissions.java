package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.matrixrtc.homeserver.http.MatrixException;
import java.util.Optional;

/** Who may do what in a room. Each refusal is a 403. */
final class Permissions {
  private final Events events;
  private final Memberships memberships;

  Permissions(Events events, Memberships memberships) {
    this.events = events;
    this.memberships = memberships;
  }

  static boolean isUserId(String text) {
    return text.startsWith("@") && text.indexOf(':') > 0;
  }

  PowerLevels levels(String roomId) {
    return events
        .state(roomId, EventType.POWER_LEVELS, "")
        .map(event -> PowerLevels.of(event.content()))
        .orElseGet(
            () ->
                PowerLevels.ofCreator(
                    events.state(roomId, EventType.CREATE, "").map(Event::sender).orElse("")));
  }

  void requireJoined(String roomId, String userId) {
    if (!memberships.isJoined(userId, roomId)) {
      throw MatrixException.forbidden("User " + userId + " not in room " + roomId);
    }
  }

  /** HS-PERM-SEND, HS-PERM-KEY: any event but a membership. */
  void checkSend(EventDraft draft, RoomVersion version) {
    requireJoined(draft.roomId(), draft.sender());
    PowerLevels levels = levels(draft.roomId());
    boolean state = draft.stateKey() != null;
    require(levels, draft.sender(), levels.toSend(draft.type(), state), "send " + draft.type());
    String stateKey = draft.stateKey();
    if (stateKey != null && stateKey.startsWith("@")) {
      checkStateKey(levels, draft.sender(), stateKey, version);
    }
    if (stateKey != null && draft.type().equals(EventType.POWER_LEVELS)) {
      PowerLevels.checkShape(draft.content());
      if (events.state(draft.roomId(), EventType.POWER_LEVELS, "").isPresent()) {
        levels.checkChange(draft.sender(), draft.content());
      }
    }
  }

  private static void checkStateKey(
      PowerLevels levels, String sender, String stateKey, RoomVersion version) {
    if (stateKey.equals(sender)) {
      return;
    }
    if (!version.ownedState()) {
      throw MatrixException.forbidden("You are not allowed to set others state");
    }
    // MSC3757. A server name holds no underscore, so the first one after the colon ends the owner.
    int colon = stateKey.indexOf(':');
    if (colon < 0) {
      throw MatrixException.badJson("State key neither equals a valid user id nor starts with one");
    }
    int suffix = stateKey.indexOf('_', colon);
    String owner = suffix < 0 ? stateKey : stateKey.substring(0, suffix);
    if (!owner.equals(sender) && levels.ofUser(sender) <= levels.ofUser(owner)) {
      throw MatrixException.forbidden("You are not allowed to set others state");
    }
  }

  /** HS-PERM-MEMBER: whether {@code sender} may give {@code target} this membership. */
  void checkMember(String roomId, String sender, String target, String membership) {
    if (!isUserId(target)) {
      throw MatrixException.badJson("Not a user id: " + target);
    }
    String now =
        memberships.of(target, roomId).map(Memberships.Membership::membership).orElse("leave");
    PowerLevels levels = levels(roomId);
    switch (membership) {
      case Memberships.JOIN -> checkJoin(roomId, sender, target, now);
      case Memberships.INVITE -> {
        requireJoined(roomId, sender);
        if (now.equals(Memberships.JOIN) || now.equals(Memberships.BAN)) {
          throw MatrixException.forbidden(target + " is already in the room or banned");
        }
        require(levels, sender, levels.toInvite(), "invite");
      }
      case Memberships.LEAVE -> checkLeave(roomId, sender, target, now, levels);
      case Memberships.BAN -> {
        requireJoined(roomId, sender);
        require(levels, sender, levels.toAct("ban"), "ban");
        requireAbove(levels, sender, target);
      }
      default -> throw MatrixException.badJson("No such membership: " + membership);
    }
  }

  private void checkJoin(String roomId, String sender, String target, String now) {
    if (!sender.equals(target)) {
      throw MatrixException.forbidden("Cannot force another user to join.");
    }
    if (now.equals(Memberships.BAN)) {
      throw MatrixException.forbidden("You are banned from this room");
    }
    boolean known = now.equals(Memberships.JOIN) || now.equals(Memberships.INVITE);
    if (!known && !ruleAdmits(roomId, target)) {
      throw MatrixException.forbidden("You are not invited to this room.");
    }
  }

  private boolean ruleAdmits(String roomId, String userId) {
    Optional<Event> create = events.state(roomId, EventType.CREATE, "");
    boolean fresh = events.state(roomId, EventType.JOIN_RULES, "").isEmpty();
    if (fresh && create.map(Event::sender).equals(Optional.of(userId))) {
      return memberships.members(roomId, Memberships.JOIN).isEmpty();
    }
    JsonNode rules =
        events
            .state(roomId, EventType.JOIN_RULES, "")
            .map(event -> (JsonNode) event.content())
            .orElse(MissingNode.getInstance());
    String rule = rules.path("join_rule").asText("invite");
    if (rule.equals("public")) {
      return true;
    }
    if (rule.equals("restricted") || rule.equals("knock_restricted")) {
      for (JsonNode allow : rules.path("allow")) {
        if (allow.path("type").asText().equals("m.room_membership")
            && memberships.isJoined(userId, allow.path("room_id").asText())) {
          return true;
        }
      }
    }
    return false;
  }

  private void checkLeave(
      String roomId, String sender, String target, String now, PowerLevels levels) {
    if (sender.equals(target)) {
      if (!now.equals(Memberships.JOIN) && !now.equals(Memberships.INVITE)) {
        throw MatrixException.forbidden("User " + target + " not in room " + roomId);
      }
      return;
    }
    requireJoined(roomId, sender);
    require(
        levels,
        sender,
        levels.toAct(now.equals(Memberships.BAN) ? "ban" : "kick"),
        "remove " + target);
    requireAbove(levels, sender, target);
  }

  /** The redaction of somebody else's event takes the {@code redact} level. */
  void checkRedaction(Event target, String sender) {
    if (!target.sender().equals(sender)) {
      PowerLevels levels = levels(target.roomId());
      require(levels, sender, levels.toAct("redact"), "redact");
    }
  }

  private static void require(PowerLevels levels, String sender, long needed, String what) {
    if (levels.ofUser(sender) < needed) {
      throw MatrixException.forbidden(
          "You don't have permission to " + what + ": " + levels.ofUser(sender) + " < " + needed);
    }
  }

  private static void requireAbove(PowerLevels levels, String sender, String target) {
    if (!sender.equals(target) && levels.ofUser(sender) <= levels.ofUser(target)) {
      throw MatrixException.forbidden("You cannot act on a user of the same level or a higher one");
    }
  }
}
