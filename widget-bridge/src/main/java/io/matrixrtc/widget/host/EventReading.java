package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.host.EventDriver.ReadAccountData;
import io.matrixrtc.widget.host.EventDriver.ReadRelations;
import io.matrixrtc.widget.host.EventDriver.ReadState;
import io.matrixrtc.widget.host.EventDriver.ReadTimeline;
import io.matrixrtc.widget.host.EventDriver.RelationsPage;
import io.matrixrtc.widget.host.EventDriver.StateKeys;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The actions that read events. The request is checked and the result filtered, both. */
final class EventReading {
  /** How many events of a timeline are read unless the widget says. */
  static final int DEFAULT_LIMIT = 50;

  private final HostSession session;
  private final RoomAccess rooms;
  private final WidgetVersions versions;
  private final EventFilter filter;

  EventReading(HostSession session, RoomAccess rooms, WidgetVersions versions) {
    this.session = session;
    this.rooms = rooms;
    this.versions = versions;
    this.filter = new EventFilter(session, rooms);
  }

  /** The action {@code read_events}. */
  void events(Exchange exchange, RequestFields data) throws RequestRefusedException {
    String type = data.filled("type", "missing event type");
    int limit =
        data.number("limit", 1, Integer.MAX_VALUE, "limit out of range")
            .map(wanted -> (int) Math.min(wanted, session.limits().maxReadEvents()))
            .orElse(DEFAULT_LIMIT);
    Set<String> roomIds = roomIds(data, "room_ids");
    Optional<StateKeys> keys = stateKeys(data);
    Optional<String> msgtype = data.text("msgtype");
    if (keys.isPresent()) {
      boolean granted =
          keys.get()
              .only()
              .map(key -> session.grants().allowsState(Flow.RECEIVE, type, key))
              .orElseGet(() -> session.grants().allowsEveryStateKey(Flow.RECEIVE, type));
      if (!granted) { // READ-GRANT
        throw new RequestRefusedException("Cannot read state events of this type");
      }
    } else if (!session.grants().allowsMessage(Flow.RECEIVE, type, msgtype)) {
      throw new RequestRefusedException("Cannot read room events of this type");
    }
    Optional<String> since = data.text("since");
    Function<String, DriverCall<List<ObjectNode>>> timeline =
        roomId -> new ReadTimeline(roomId, type, keys, msgtype, limit, since);
    if (keys.isEmpty()) {
      collect(exchange, new ArrayList<>(roomIds), timeline, limit);
      return;
    }
    // READ-CURRENT: widgets that get no update_state ask for current state by this action.
    versions.get(
        answer ->
            collect(
                exchange,
                new ArrayList<>(roomIds),
                takesState(answer) ? timeline : roomId -> new ReadState(roomId, type, keys.get()),
                limit));
  }

  private boolean takesState(Set<ApiVersion> widget) {
    return widget.contains(ApiVersion.MSC2762_UPDATE_STATE)
        && session.widget().versions().contains(ApiVersion.MSC2762_UPDATE_STATE);
  }

  private Optional<StateKeys> stateKeys(RequestFields data) throws RequestRefusedException {
    if (!data.has("state_key")) {
      return Optional.empty();
    }
    JsonNode key = data.node("state_key");
    if (key.isBoolean() && key.booleanValue()) {
      return Optional.of(StateKeys.ANY);
    }
    return Optional.of(new StateKeys(data.text("state_key")));
  }

  /** The rooms asked for: the one on screen, those with a grant, or a list that must be granted. */
  private Set<String> roomIds(RequestFields data, String name) throws RequestRefusedException {
    if (!data.has(name)) {
      return Set.of(rooms.viewed());
    }
    if (data.node(name).isTextual() && data.node(name).textValue().equals("*")) {
      return rooms.granted();
    }
    Set<String> named = new LinkedHashSet<>();
    for (String roomId : data.texts(name, session.limits().maxRooms())) {
      named.add(rooms.permitted(roomId));
    }
    return named;
  }

  /** Room after room, so that one request is one call to the homeserver at a time. */
  private void collect(
      Exchange exchange,
      List<String> roomIds,
      Function<String, DriverCall<List<ObjectNode>>> query,
      int limit) {
    ObjectNode response = Json.newObject();
    ArrayNode events = response.putArray("events");
    next(exchange, roomIds, 0, query, limit, response, events);
  }

  private void next(
      Exchange exchange,
      List<String> roomIds,
      int index,
      Function<String, DriverCall<List<ObjectNode>>> query,
      int limit,
      ObjectNode response,
      ArrayNode events) {
    if (index == roomIds.size()) {
      exchange.reply(response);
      return;
    }
    String roomId = roomIds.get(index);
    exchange.call(
        query.apply(roomId),
        "Error reading events",
        found -> {
          String type = exchange.request().data().path("type").asText();
          found.stream()
              .filter(event -> event.path("type").asText().equals(type))
              .filter(event -> filter.allows(roomId, event))
              .limit(limit)
              .forEach(event -> events.add(filter.handedOut(roomId, event)));
          next(exchange, roomIds, index + 1, query, limit, response, events);
        });
  }

  /** The action {@code read_relations}. */
  void relations(Exchange exchange, RequestFields data) throws RequestRefusedException {
    String eventId = data.filled("event_id", "missing event ID");
    Optional<Integer> limit =
        data.number("limit", 0, Integer.MAX_VALUE, "limit out of range")
            .map(wanted -> (int) Math.min(wanted, session.limits().maxReadEvents()));
    String roomId = rooms.named(data);
    Optional<String> direction = data.text("direction");
    if (direction.filter(way -> !way.equals("f") && !way.equals("b")).isPresent()) {
      throw RequestFields.wrong("direction");
    }
    exchange.call(
        new ReadRelations(
            roomId,
            eventId,
            data.text("rel_type"),
            data.text("event_type"),
            limit,
            data.text("from"),
            data.text("to"),
            direction),
        "Unexpected error while reading relations",
        page -> exchange.reply(shown(roomId, page)));
  }

  private ObjectNode shown(String roomId, RelationsPage page) {
    ObjectNode response = Json.newObject();
    ArrayNode chunk = response.putArray("chunk");
    page.chunk().stream()
        .filter(event -> filter.allows(roomId, event)) // READ-FILTER
        .forEach(event -> chunk.add(filter.handedOut(roomId, event)));
    page.nextBatch().ifPresent(token -> response.put("next_batch", token));
    page.prevBatch().ifPresent(token -> response.put("prev_batch", token));
    return response;
  }

  /** The action {@code read_room_account_data}. */
  void accountData(Exchange exchange, RequestFields data) throws RequestRefusedException {
    String type = data.filled("type", "missing event type");
    Set<String> roomIds = roomIds(data, "room_ids");
    if (!session.grants().allowsRoomAccountData(type)) {
      throw new RequestRefusedException("Cannot read room account data of this type");
    }
    ObjectNode response = Json.newObject();
    nextAccountData(
        exchange, type, new ArrayList<>(roomIds), 0, response, response.putArray("events"));
  }

  private void nextAccountData(
      Exchange exchange,
      String type,
      List<String> roomIds,
      int index,
      ObjectNode response,
      ArrayNode events) {
    if (index == roomIds.size()) {
      exchange.reply(response);
      return;
    }
    String roomId = roomIds.get(index);
    exchange.call(
        new ReadAccountData(roomId, type),
        "Error reading room account data",
        content -> {
          content.ifPresent(
              value ->
                  events.add(
                      Json.newObject()
                          .put("type", type)
                          .put("room_id", roomId)
                          .set("content", value)));
          nextAccountData(exchange, type, roomIds, index + 1, response, events);
        });
  }
}
