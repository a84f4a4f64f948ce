package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.Capability.Timeline;
import io.matrixrtc.widget.host.HostedWidget.RoomScope;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Which rooms the widget can get at. */
final class RoomAccess {
  private final HostSession session;
  private String viewed;

  RoomAccess(HostSession session) {
    this.session = session;
    this.viewed = session.widget().roomId();
  }

  /** The room that requests without a room mean. */
  String viewed() {
    return viewed;
  }

  /**
   * The user looks at another room.
   *
   * @throws IllegalStateException if the widget is pinned to one
   */
  void view(String roomId) {
    if (session.widget().scope() == RoomScope.PINNED) {
      throw new IllegalStateException("the widget is pinned to " + viewed);
    }
    viewed = roomId;
  }

  boolean permits(String roomId) {
    return roomId.equals(viewed)
        || (session.widget().scope() == RoomScope.VIEWED && session.grants().allowsRoom(roomId));
  }

  /** The room that a request names, or the one on screen (ROOM-GRANT). */
  String named(RequestFields data) throws RequestRefusedException {
    Optional<String> named = data.text("room_id");
    return named.isPresent() ? permitted(named.get()) : viewed;
  }

  String permitted(String roomId) throws RequestRefusedException {
    if (!permits(roomId)) {
      throw new RequestRefusedException("Unable to access room timeline: " + roomId);
    }
    return roomId;
  }

  /** Every room that the widget may use now: the one on screen and those with a grant. */
  Set<String> all() {
    Set<String> all = new LinkedHashSet<>();
    all.add(viewed);
    all.addAll(granted());
    return all;
  }

  /** The joined rooms with a timeline grant. */
  Set<String> granted() {
    Set<String> granted = new LinkedHashSet<>();
    for (Timeline timeline : session.grants().timelines()) {
      timeline
          .roomId()
          .ifPresentOrElse(granted::add, () -> granted.addAll(session.rooms().joinedRooms()));
    }
    granted.removeIf(room -> !permits(room));
    return granted;
  }
}
