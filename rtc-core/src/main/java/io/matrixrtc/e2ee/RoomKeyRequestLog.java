package io.matrixrtc.e2ee;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happened to requests for room keys, until the app asks; bounded, the oldest go first. */
final class RoomKeyRequestLog {
  static final int MAX_EVENTS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(RoomKeyRequestLog.class);

  private final UserDevice own;
  private final Deque<RoomKeyRequestEvent> events = new ArrayDeque<>();

  RoomKeyRequestLog(UserDevice own) {
    this.own = own;
  }

  void add(RoomKeyRequestEvent event) {
    LOG.info("{}: {}", own, event);
    events.add(event);
    if (events.size() > MAX_EVENTS) {
      events.remove();
    }
  }

  List<RoomKeyRequestEvent> take() {
    List<RoomKeyRequestEvent> taken = List.copyOf(events);
    events.clear();
    return taken;
  }
}
