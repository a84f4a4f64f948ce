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
  RoomUpdate whole(List<ObjectNode> state, RoomSection live, Instant now) {
    return read(state, live, Set.of(), now);
  }

  /**
   * What one sync answer says.
   *
   * @param devicesChanged users whose device lists changed
   */
  RoomUpdate changes(RoomSection section, Set<String> devicesChanged, Instant now) {
    return read(section.state(), section, devicesChanged, now);
  }

  private RoomUpdate read(
      List<ObjectNode> state, RoomSection section, Set<String> devicesChanged, Instant now) {
    state.forEach(power::on);
    List<ObjectNode> events = new ArrayList<>(section.sticky());
    events.addAll(section.timeline());
    RoomUpdate live = LiveEvents.of(events, power::mayNotifyRoom, now);
    RoomUpdate told = RoomUpdates.of(state);
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
