package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.EventDriver.ReadSticky;
import java.util.List;
import java.util.Set;

/** Hands new events of rooms, and at the start the sticky ones, to the widget. */
final class EventFeed {
  private final HostSession session;
  private final RoomAccess rooms;
  private final EventFilter filter;

  EventFeed(HostSession session, RoomAccess rooms) {
    this.session = session;
    this.rooms = rooms;
    this.filter = new EventFilter(session, rooms);
  }

  /** An event that has happened since the session began, decrypted. */
  void onEvent(String roomId, ObjectNode event) {
    if (filter.allows(roomId, event)) { // FEED-GRANT
      session.push(WidgetAction.SEND_EVENT, filter.handedOut(roomId, event));
    }
  }

  /** STICKY-PUSH: what is sticky when it may first be received. */
  void onGranted(Set<Capability> more) {
    if (!more.contains(Feature.RECEIVE_STICKY_EVENT)) {
      return;
    }
    for (String roomId : rooms.all()) {
      session.call(
          new ReadSticky(roomId),
          result -> {
            if (result instanceof DriverResult.Done<List<ObjectNode>> done) {
              done.answer().forEach(event -> onEvent(roomId, event));
            }
          });
    }
  }
}
