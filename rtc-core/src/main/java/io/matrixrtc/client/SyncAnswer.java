package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.SyncChanges;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@code /sync} answer says, as far as it is used here. Sections that are missing or of
 * another shape count as empty (SYNC-SHAPE).
 *
 * @param nextBatch the token for the next sync
 * @param crypto what the Olm machine needs
 * @param rooms the rooms that changed, by id
 * @param accountData the content of what changed in the account's own data, by type
 */
public record SyncAnswer(
    String nextBatch,
    SyncChanges crypto,
    Map<String, RoomSection> rooms,
    Map<String, ObjectNode> accountData) {
  /** MSC4222, unstable and stable. */
  private static final List<String> STATE_AFTER =
      List.of("org.matrix.msc4222.state_after", "state_after");

  /** MSC4354, unstable and stable. */
  private static final List<String> STICKY = List.of("msc4354_sticky", "sticky");

  public SyncAnswer {
    rooms = Map.copyOf(rooms);
    accountData = Map.copyOf(accountData);
  }

  /**
   * One room.
   *
   * @param membership our own: {@code join}, {@code invite}, {@code leave} or {@code knock}
   * @param state the state events that changed, in order; a later one replaces an earlier one
   * @param timeline all events of the timeline, state events included
   * @param sticky events that are still sticky and not in the timeline (MSC4354)
   * @param stripped what a room shows to whom it invites, or who knocks: for people to see, proves
   *     nothing and is no state
   */
  public record RoomSection(
      String membership,
      List<ObjectNode> state,
      List<ObjectNode> timeline,
      List<ObjectNode> sticky,
      List<ObjectNode> stripped) {
    public RoomSection {
      state = List.copyOf(state);
      timeline = List.copyOf(timeline);
      sticky = List.copyOf(sticky);
      stripped = List.copyOf(stripped);
    }

    /** A room that shows no stripped state. */
    public RoomSection(
        String membership,
        List<ObjectNode> state,
        List<ObjectNode> timeline,
        List<ObjectNode> sticky) {
      this(membership, state, timeline, sticky, List.of());
    }

    /**
     * Who invited {@code ownUser}, as the homeserver says; none where this is no invite
     * (SYNC-INVITE).
     */
    public Optional<String> inviter(String ownUser) {
      return stripped.stream()
          .filter(event -> event.path("type").asText().equals("m.room.member"))
          .filter(event -> event.path("state_key").asText().equals(ownUser))
          .filter(event -> event.path("content").path("membership").asText().equals("invite"))
          .map(event -> event.path("sender").asText())
          .filter(sender -> !sender.isEmpty())
          .findFirst();
    }
  }

  static SyncAnswer of(ObjectNode answer) {
    String nextBatch = answer.path("next_batch").asText();
    Map<String, RoomSection> rooms = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> section : answer.path("rooms").properties()) {
      for (Map.Entry<String, JsonNode> room : section.getValue().properties()) {
        rooms.put(room.getKey(), room(section.getKey(), room.getValue()));
      }
    }
    return new SyncAnswer(nextBatch, crypto(answer, nextBatch), rooms, accountData(answer));
  }

  private static Map<String, ObjectNode> accountData(ObjectNode answer) {
    Map<String, ObjectNode> data = new LinkedHashMap<>();
    for (ObjectNode event : objects(answer.path("account_data").path("events"))) {
      if (event.path("type").isTextual() && event.path("content") instanceof ObjectNode content) {
        data.put(event.path("type").textValue(), content);
      }
    }
    return data;
  }

  private static SyncChanges crypto(ObjectNode answer, String nextBatch) {
    List<JsonNode> toDevice = new ArrayList<>();
    answer
        .path("to_device")
        .path("events")
        .forEach(
            // SYNC-POISON: null is no event either, so the machine reports it as invalid
            event -> toDevice.add(Json.isWithinLimits(event) ? event : NullNode.getInstance()));
    JsonNode count = answer.path("device_one_time_keys_count").path("signed_curve25519");
    JsonNode fallback = answer.path("device_unused_fallback_key_types");
    return new SyncChanges(
        toDevice,
        texts(answer.path("device_lists").path("changed")),
        texts(answer.path("device_lists").path("left")),
        count.asInt(0), // OTK-MISSING
        fallback.isArray() ? Optional.of(texts(fallback)) : Optional.empty(),
        nextBatch);
  }

  /** STICKY-SYNC: under either name. */
  private static List<ObjectNode> sticky(JsonNode room) {
    List<ObjectNode> sticky = new ArrayList<>();
    for (String name : STICKY) {
      sticky.addAll(objects(room.path(name).path("events")));
    }
    return sticky;
  }

  /**
   * With {@code state_after} the state is given whole; without it, it is the state before the
   * timeline, and the timeline's own state events come on top (SYNC-STATE).
   */
  private static RoomSection room(String membership, JsonNode room) {
    List<ObjectNode> timeline = objects(room.path("timeline").path("events"));
    for (String after : STATE_AFTER) {
      if (room.path(after).isObject()) {
        return new RoomSection(
            membership, objects(room.path(after).path("events")), timeline, sticky(room));
      }
    }
    JsonNode stripped = room.path(membership + "_state").path("events");
    if (stripped.isArray()) { // invite_state, knock_state
      return new RoomSection(membership, List.of(), List.of(), List.of(), objects(stripped));
    }
    List<ObjectNode> state = objects(room.path("state").path("events"));
    timeline.stream().filter(event -> event.path("state_key").isTextual()).forEach(state::add);
    return new RoomSection(membership, state, timeline, sticky(room));
  }

  /** Without what is no object within the limits of JSON (SYNC-POISON). */
  static List<ObjectNode> objects(JsonNode array) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode item : array) {
      if (item instanceof ObjectNode object && Json.isWithinLimits(object)) {
        objects.add(object);
      }
    }
    return objects;
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new HashSet<>();
    for (JsonNode item : array) {
      if (item.isTextual()) {
        texts.add(item.textValue());
      }
    }
    return texts;
  }

  /** Shows no events. */
  @Override
  public String toString() {
    return "SyncAnswer[" + nextBatch + ", " + rooms.size() + " rooms]";
  }
}
