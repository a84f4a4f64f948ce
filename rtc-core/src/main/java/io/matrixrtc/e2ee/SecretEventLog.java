package io.matrixrtc.e2ee;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects what happened to secrets until it is asked for. */
final class SecretEventLog {
  private static final Logger LOG = LoggerFactory.getLogger(SecretEventLog.class);

  /** As many are kept; the oldest go first. */
  static final int MAX_EVENTS = 1_000;

  private final UserDevice own;
  private final Deque<SecretEvent> events = new ArrayDeque<>();

  SecretEventLog(UserDevice own) {
    this.own = own;
  }

  void add(SecretEvent event) {
    LOG.info("{}: {}", own, event);
    events.addLast(event);
    if (events.size() > MAX_EVENTS) {
      events.removeFirst();
    }
  }

  List<SecretEvent> take() {
    List<SecretEvent> taken = List.copyOf(events);
    events.clear();
    return taken;
  }
}
