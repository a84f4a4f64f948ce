package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.Capability.StateEvent;
import io.matrixrtc.widget.api.Capability.Timeline;
import io.matrixrtc.widget.api.Flow;
import java.util.List;
import java.util.Set;

/** What new grants set going: the state and the sticky events that they open. */
record GrantedPushes(RoomAccess rooms, StatePush state, EventFeed events) {

  void onGranted(Set<Capability> more, boolean wantedState) {
    List<StateEvent> readable =
        more.stream()
            .filter(StateEvent.class::isInstance)
            .map(StateEvent.class::cast)
            .filter(grant -> grant.flow() == Flow.RECEIVE)
            .toList();
    boolean moreRooms = more.stream().anyMatch(Timeline.class::isInstance);
    if (wantedState || !readable.isEmpty() || moreRooms) {
      state.read(readable, rooms.all());
    }
    events.onGranted(more);
  }
}
