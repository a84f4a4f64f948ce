package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability.StateEvent;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.EventDriver.ReadState;
import io.matrixrtc.widget.host.EventDriver.StateKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Room state for widgets that take {@code update_state}: after new grants everything they open in
 * one message, even if that is nothing (STATE-FIRST), then each change (STATE-CHANGE). A change
 * during the first read wins over what is read (STATE-RACE); a read that fails counts as nothing.
 */
final class StatePush {
  private final HostSession session;
  private final RoomAccess rooms;
  private final WidgetVersions versions;
  private final EventFilter filter;
  private final Map<Entry, ObjectNode> changed = new LinkedHashMap<>();
  private final Set<Query> queued = new LinkedHashSet<>();
  private boolean takesState;
  private boolean reading;
  private long document;

  private record Entry(String roomId, String type, String stateKey) {}

  private record Query(String roomId, StateEvent grant) {}

  StatePush(HostSession session, RoomAccess rooms, WidgetVersions versions) {
    this.session = session;
    this.rooms = rooms;
    this.versions = versions;
    this.filter = new EventFilter(session, rooms);
  }

  /** Reads and pushes what these grants open in these rooms. */
  void read(List<StateEvent> grants, Set<String> roomIds) {
    if (!session.widget().versions().contains(ApiVersion.MSC2762_UPDATE_STATE)) {
      return;
    }
    for (String roomId : roomIds) {
      grants.forEach(grant -> queued.add(new Query(roomId, grant)));
    }
    if (reading) {
      return;
    }
    reading = true;
    long asked = document;
    versions.get(
        answer -> {
          if (asked == document) {
            takesState = answer.contains(ApiVersion.MSC2762_UPDATE_STATE);
            readQueued();
          }
        });
  }

  private void readQueued() {
    if (!takesState) {
      queued.clear();
      changed.clear();
      reading = false;
      return;
    }
    List<Query> queries = new ArrayList<>(queued);
    queued.clear();
    Map<Entry, ObjectNode> found = new LinkedHashMap<>();
    int[] open = {queries.size()};
    if (queries.isEmpty()) {
      push(found);
    }
    for (Query query : queries) {
      session.call(
          new ReadState(query.roomId, query.grant.type(), new StateKeys(query.grant.stateKey())),
          result -> {
            if (result instanceof DriverResult.Done<List<ObjectNode>> done) {
              done.answer().forEach(event -> collect(query.roomId, event, found));
            }
            if (--open[0] == 0) {
              push(found);
            }
          });
    }
  }

  private void collect(String roomId, ObjectNode event, Map<Entry, ObjectNode> into) {
    if (event.path("state_key").isTextual() && filter.allows(roomId, event)) {
      into.put(
          new Entry(roomId, event.path("type").asText(), event.path("state_key").textValue()),
          filter.handedOut(roomId, event));
    }
  }

  private void push(Map<Entry, ObjectNode> found) {
    found.putAll(changed);
    changed.clear();
    post(found);
    if (queued.isEmpty()) {
      reading = false;
    } else {
      readQueued();
    }
  }

  /** State of a room has changed. */
  void onChange(String roomId, List<ObjectNode> events) {
    Map<Entry, ObjectNode> visible = new LinkedHashMap<>();
    events.forEach(event -> collect(roomId, event, visible));
    if (reading) {
      changed.putAll(visible);
    } else if (takesState && !visible.isEmpty()) {
      post(visible);
    }
  }

  private void post(Map<Entry, ObjectNode> events) {
    ObjectNode data = Json.newObject();
    ArrayNode state = data.putArray("state");
    events.values().forEach(state::add);
    session.push(WidgetAction.UPDATE_STATE, data);
  }

  /** All that the widget may read of the room that is now on screen. */
  void onViewed() {
    read(session.grants().readableState(), Set.of(rooms.viewed()));
  }

  void reset() {
    document++;
    changed.clear();
    queued.clear();
    takesState = false;
    reading = false;
  }
}
