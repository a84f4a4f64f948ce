package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.RoomSettings;
import io.matrixrtc.json.Json;
import io.matrixrtc.session.CallMemberEvent;

/**
 * What a room is to be like, for {@link RoomsApi#createRoom(NewRoom)}: who may join, whether it is
 * encrypted, who may call. Not safe for many threads.
 *
 * <p>Source: Matrix specification, {@code POST /createRoom}.
 */
public final class NewRoom {
  private final ObjectNode json = Json.newObject();

  private NewRoom(String preset) {
    json.put("preset", preset);
  }

  /** A room that anyone may join who knows its id. */
  public static NewRoom open() {
    return new NewRoom("public_chat");
  }

  /** A room that is joined by invitation. */
  public static NewRoom byInvitation() {
    return new NewRoom("private_chat");
  }

  /** As {@link #open()}, encrypted, and every member may take part in calls. */
  public static NewRoom openForCalls() {
    return open().encrypted().forCalls();
  }

  /** The name that people see. */
  public NewRoom named(String name) {
    json.put("name", name);
    return this;
  }

  /** Encrypted with Megolm; keys are replaced when the specification says. */
  public NewRoom encrypted() {
    return encrypted(RoomSettings.defaults());
  }

  /** Encrypted with Megolm, where keys are replaced as {@code settings} say. */
  public NewRoom encrypted(RoomSettings settings) {
    state("m.room.encryption").setAll(settings.toContent());
    return this;
  }

  /** Who may read what was sent before; without it the server's default holds. */
  public NewRoom history(HistoryVisibility visibility) {
    state("m.room.history_visibility").put("history_visibility", visibility.label());
    return this;
  }

  /** Lets every member take part in calls: by default only moderators may write state events. */
  public NewRoom forCalls() {
    json.withObject("/power_level_content_override/events").put(CallMemberEvent.TYPE, 0);
    return this;
  }

  private ObjectNode state(String type) {
    ObjectNode event = json.withArrayProperty("initial_state").addObject();
    event.put("type", type).put("state_key", "");
    return event.putObject("content");
  }

  ObjectNode toJson() {
    return json.deepCopy();
  }
}
