package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.session.CallMemberEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a sync is asked to bring of rooms. To-device events, device lists, key counts and what the
 * account says about backups always come; presence, other account data, typing and receipts never
 * do. Matrix specification, "Filtering".
 *
 * @param stateTypes types of state events outside the timeline; empty for all
 * @param timelineLimit how many of a room's newest events come at most; more leave a gap, which
 *     spares no state
 */
public record SyncFilter(Optional<Set<String>> stateTypes, int timelineLimit) {
  /** Events of the timeline if nothing else is said. */
  public static final int DEFAULT_TIMELINE_LIMIT = 20;

  private static final int LIVE_TIMELINE_LIMIT = 50;

  /** Whether the user wants a backup (MSC4287), by its stable and its unstable name. */
  private static final List<String> ACCOUNT_DATA =
      List.of("m.key_backup", "m.org.matrix.custom.backup_disabled");

  public SyncFilter {
    stateTypes = stateTypes.map(Set::copyOf);
    if (timelineLimit < 1) {
      throw new IllegalArgumentException("timeline limit: want 1 or more, got " + timelineLimit);
    }
  }

  /** What calls need: their memberships and slots, and who may see and do what in the room. */
  public static SyncFilter forCalls() {
    return new SyncFilter(
        Optional.of(
            Set.of(
                CallMemberEvent.TYPE,
                "org.matrix.msc4143.rtc.member",
                "org.matrix.msc4143.rtc.slot",
                "m.room.create",
                "m.room.encryption",
                "m.room.history_visibility",
                "m.room.member",
                "m.room.power_levels",
                "m.room.tombstone")),
        DEFAULT_TIMELINE_LIMIT);
  }

  /** All state, for clients that show rooms. */
  public static SyncFilter allState() {
    return new SyncFilter(Optional.empty(), DEFAULT_TIMELINE_LIMIT);
  }

  /** Returns the filter with another limit. */
  public SyncFilter withTimelineLimit(int limit) {
    return new SyncFilter(stateTypes, limit);
  }

  /**
   * The filter as the homeserver takes it. Members are never loaded lazily, or a change behind a
   * gap of the timeline would be missed. The timeline is not filtered by type, as without MSC4222
   * its state events are all that tells of a change.
   */
  ObjectNode toJson() {
    ObjectNode filter = Json.newObject();
    none(filter, "presence");
    ACCOUNT_DATA.forEach(filter.putObject("account_data").putArray("types")::add);
    ObjectNode room = filter.putObject("room");
    none(room, "account_data");
    none(room, "ephemeral");
    room.putObject("timeline").put("limit", timelineLimit);
    ObjectNode state = room.putObject("state").put("lazy_load_members", false);
    if (stateTypes.isPresent()) {
      new TreeSet<>(stateTypes.get()).forEach(state.putArray("types")::add);
    }
    return filter;
  }

  /** The newest events and all that are sticky, of one room, without its state. */
  static ObjectNode liveEvents(String roomId) {
    ObjectNode filter = Json.newObject();
    none(filter, "presence");
    none(filter, "account_data");
    ObjectNode room = filter.putObject("room");
    room.putArray("rooms").add(roomId);
    none(room, "account_data");
    none(room, "ephemeral");
    none(room, "state");
    room.putObject("timeline").put("limit", LIVE_TIMELINE_LIMIT);
    return filter;
  }

  private static void none(ObjectNode filter, String section) {
    filter.putObject(section).putArray("not_types").add("*");
  }
}
