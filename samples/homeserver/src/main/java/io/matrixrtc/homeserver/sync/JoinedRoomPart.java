package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.rooms.Event;
import java.util.List;

/** A part of a joined room's answer beside timeline and state. */
interface JoinedRoomPart {
  /**
   * A joined room in the making.
   *
   * @param whole whether the client is told of this room for the first time
   * @param timeline the events that are given, oldest first
   */
  record JoinedRoom(String roomId, boolean whole, List<Event> timeline) {}

  /** Adds its member to the room's answer; returns whether there is something new in it. */
  boolean addTo(SyncContext sync, JoinedRoom room, ObjectNode answer);
}
