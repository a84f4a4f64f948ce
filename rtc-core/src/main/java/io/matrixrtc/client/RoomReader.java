package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.SyncAnswer.RoomSection;
import io.matrixrtc.session.RoomUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads one room for its sessions, and knows what takes memory: who may notify everyone. */
final class RoomReader {
  private final NotifyPower power = new NotifyPower();

  /** What the whole state and the live events say. */
  RoomUpdate whole(List<ObjectNode> state, List<LiveEvent> live, Instant now) {
    return read(state, live, Set.of(), now);
  }

  /**
   * What one sync answer says.
   *
   * @param live the events of its timeline and sticky section, opened as far as could be
   * @param devicesChanged users whose device lists changed
   */
  RoomUpdate changes(
      RoomSection section, List<LiveEvent> live, Set<String> devicesChanged, Instant now) {
    return read(section.state(), live, devicesChanged, now);
  }

  /** What an event says whose key came later than itself. */
  RoomUpdate late(LiveEvent event, Instant now) {
    return read(List.of(), List.of(event.late()), Set.of(), now);
  }

  /** The events of a section that may be no state, each once or twice. */
  static List<ObjectNode> events(RoomSection section) {
    List<ObjectNode> events = new ArrayList<>(section.sticky());
    events.addAll(section.timeline());
    return events;
  }

  private RoomUpdate read(
      List<ObjectNode> state, List<LiveEvent> events, Set<String> devicesChanged, Instant now) {
    state.forEach(power::on);
    RoomUpdate live = LiveEvents.read(events, power::mayNotifyRoom, now);
    RoomUpdate told = RoomUpdate.ofState(state);
    return new RoomUpdate(
        told.events(),
        told.joined(),
        told.notJoined(),
        live.sticky(),
        told.slots(),
        live.redacted(),
        live.notices(),
        told.encrypted(),
        devicesChanged);
  }
}
