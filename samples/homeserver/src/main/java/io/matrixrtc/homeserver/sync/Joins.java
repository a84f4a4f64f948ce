package io.matrixrtc.homeserver.sync;

import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.EventType;
import io.matrixrtc.homeserver.rooms.Events;
import io.matrixrtc.homeserver.rooms.Memberships;
import io.matrixrtc.homeserver.stream.StreamKind;
import java.util.Optional;

/** Whether the client of a sync has been in a room all the time since its token. */
record Joins(Events events) {

  /** Not if there was a leave in between: then the client has missed what happened meanwhile. */
  boolean since(SyncContext sync, String roomId) {
    Optional<Event> member = events.state(roomId, EventType.MEMBER, sync.userId());
    while (member.isPresent() && member.get().membership().equals(Memberships.JOIN)) {
      if (member.get().position() <= sync.since(StreamKind.ROOMS)) {
        return true;
      }
      member = events.replaced(member.get());
    }
    return false;
  }
}
