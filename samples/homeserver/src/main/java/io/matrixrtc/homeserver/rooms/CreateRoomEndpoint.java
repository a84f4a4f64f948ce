package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.RandomIds;
import java.util.List;
import java.util.Optional;

/** Makes rooms; the order of their first events is the specification's. */
public final class CreateRoomEndpoint implements Endpoints {
  private static final int ROOM_ID_LETTERS = 18;
  private static final int CREATOR_LEVEL = 100;

  private final Rooms rooms;
  private final MemberEvents members;
  private final Aliases aliases;
  private final RandomIds ids;
  private final String serverName;

  CreateRoomEndpoint(Rooms rooms, MemberEvents members, Aliases aliases, Foundation foundation) {
    this.rooms = rooms;
    this.members = members;
    this.aliases = aliases;
    this.ids = foundation.ids();
    this.serverName = foundation.serverName();
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("POST", "/createRoom", this::create);
  }

  private Answer create(Request request) {
    Fields body = request.fields();
    String roomId = "!" + ids.letters(ROOM_ID_LETTERS) + ":" + serverName;
    new Creation(roomId, request.session().userId(), body).run();
    return Answer.ok(Json.object().put("room_id", roomId));
  }

  /** What a preset says; each initial state event of the same type takes its place. */
  private enum Preset {
    PRIVATE_CHAT("invite", "can_join", false),
    TRUSTED_PRIVATE_CHAT("invite", "can_join", true),
    PUBLIC_CHAT("public", "forbidden", false);

    final String joinRule;
    final String guestAccess;
    final boolean powerToInvited;

    Preset(String joinRule, String guestAccess, boolean powerToInvited) {
      this.joinRule = joinRule;
      this.guestAccess = guestAccess;
      this.powerToInvited = powerToInvited;
    }

    static Preset of(Fields body) {
      String name =
          body.optionalString("preset")
              .orElse(
                  body.optionalString("visibility").equals(Optional.of("public"))
                      ? "public_chat"
                      : "private_chat");
      for (Preset preset : values()) {
        if (preset.name().equalsIgnoreCase(name)) {
          return preset;
        }
      }
      throw MatrixException.badJson("Unknown preset " + name);
    }
  }

  /** One room in the making. */
  private final class Creation {
    private final String roomId;
    private final String creator;
    private final Fields body;
    private final Preset preset;
    private final List<String> invited;
    private final List<Fields> initialState;

    Creation(String roomId, String creator, Fields body) {
      this.roomId = roomId;
      this.creator = creator;
      this.body = body;
      this.preset = Preset.of(body);
      this.invited = body.strings("invite");
      this.initialState = body.objects("initial_state");
    }

    void run() {
      RoomVersion version =
          body.optionalString("room_version").map(RoomVersion::of).orElse(RoomVersion.DEFAULT);
      ObjectNode content = body.optionalObject("creation_content").orElse(Json.object());
      content.put("room_version", version.id());
      if (version.creatorInContent()) {
        content.put("creator", creator);
      } else {
        content.remove("creator");
      }
      rooms.create(roomId, version, creator, content);
      members.join(roomId, creator, Optional.empty());
      state(EventType.POWER_LEVELS, powerLevels());
      body.optionalString("room_alias_name").ifPresent(this::alias);
      preset(EventType.JOIN_RULES, "join_rule", preset.joinRule);
      preset(EventType.HISTORY_VISIBILITY, "history_visibility", "shared");
      preset(EventType.GUEST_ACCESS, "guest_access", preset.guestAccess);
      for (Fields event : initialState) {
        rooms.send(
            EventDraft.state(
                roomId,
                creator,
                event.string("type"),
                event.optionalString("state_key").orElse(""),
                event.required("content")));
      }
      body.optionalString("name")
          .ifPresent(name -> state(EventType.NAME, Json.object().put("name", name)));
      body.optionalString("topic")
          .ifPresent(topic -> state(EventType.TOPIC, Json.object().put("topic", topic)));
      Optional<Boolean> direct = body.flag("is_direct") ? Optional.of(true) : Optional.empty();
      for (String user : invited) {
        members.set(roomId, creator, user, Memberships.INVITE, Optional.empty(), direct);
      }
    }

    private void alias(String localpart) {
      String alias = aliases.alias(localpart);
      aliases.add(alias, roomId, creator);
      state(EventType.CANONICAL_ALIAS, Json.object().put("alias", alias));
    }

    private void preset(String type, String member, String value) {
      boolean given =
          initialState.stream()
              .anyMatch(
                  event ->
                      event.string("type").equals(type)
                          && event.optionalString("state_key").orElse("").isEmpty());
      if (!given) {
        state(type, Json.object().put(member, value));
      }
    }

    private void state(String type, ObjectNode content) {
      rooms.send(EventDraft.state(roomId, creator, type, "", content));
    }

    private ObjectNode powerLevels() {
      ObjectNode levels =
          Json.object()
              .put("users_default", 0)
              .put("events_default", 0)
              .put("state_default", 50)
              .put("ban", 50)
              .put("kick", 50)
              .put("redact", 50)
              .put("invite", 0)
              .put("historical", 100);
      ObjectNode users = levels.putObject("users").put(creator, CREATOR_LEVEL);
      if (preset.powerToInvited) {
        invited.forEach(user -> users.put(user, CREATOR_LEVEL));
      }
      levels
          .putObject("events")
          .put(EventType.NAME, 50)
          .put(EventType.AVATAR, 50)
          .put(EventType.CANONICAL_ALIAS, 50)
          .put(EventType.POWER_LEVELS, 100)
          .put(EventType.HISTORY_VISIBILITY, 100)
          .put("m.room.tombstone", 100)
          .put("m.room.server_acl", 100)
          .put(EventType.ENCRYPTION, 100);
      body.optionalObject("power_level_content_override").ifPresent(levels::setAll);
      return levels;
    }
  }
}
