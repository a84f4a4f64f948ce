package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.rooms.EventFilter;
import java.util.List;
import java.util.Optional;

/** The parts of a client's filter that are honoured; the others are accepted and ignored. */
record SyncFilter(
    int timelineLimit,
    EventFilter timeline,
    EventFilter state,
    EventFilter accountData,
    EventFilter roomAccountData,
    Optional<List<String>> rooms,
    List<String> notRooms,
    boolean includeLeave,
    boolean lazyLoadMembers) {
  static final int DEFAULT_TIMELINE_LIMIT = 10;

  /** A higher limit counts as this one. */
  static final int MAX_TIMELINE_LIMIT = 1_000;

  static final SyncFilter NONE = of(Json.object());

  static SyncFilter of(ObjectNode json) {
    Fields whole = new Fields(json);
    Fields room = new Fields(whole.optionalObject("room").orElse(Json.object()));
    ObjectNode timeline = room.optionalObject("timeline").orElse(Json.object());
    ObjectNode state = room.optionalObject("state").orElse(Json.object());
    return new SyncFilter(
        limit(timeline),
        EventFilter.of(timeline),
        EventFilter.of(state),
        EventFilter.of(whole.optionalObject("account_data").orElse(Json.object())),
        EventFilter.of(room.optionalObject("account_data").orElse(Json.object())),
        room.object().has("rooms") ? Optional.of(room.strings("rooms")) : Optional.empty(),
        room.strings("not_rooms"),
        room.flag("include_leave"),
        new Fields(state).flag("lazy_load_members"));
  }

  boolean admits(String roomId) {
    return rooms.map(wanted -> wanted.contains(roomId)).orElse(true) && !notRooms.contains(roomId);
  }

  private static int limit(ObjectNode timeline) {
    if (!timeline.has("limit")) {
      return DEFAULT_TIMELINE_LIMIT;
    }
    if (!timeline.get("limit").canConvertToInt() || timeline.get("limit").intValue() < 0) {
      throw MatrixException.badJson("limit must be a number, zero or more");
    }
    return Math.min(MAX_TIMELINE_LIMIT, timeline.get("limit").intValue());
  }
}
