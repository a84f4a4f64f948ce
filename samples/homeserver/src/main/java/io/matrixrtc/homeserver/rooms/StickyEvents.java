package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Request;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the server knows sticky events (MSC4354), and under which names it shows them. Requests
 * may use either name.
 */
public enum StickyEvents {
  /** A server that knows none: the query is ignored, and no feature is named. */
  OFF,
  /** As deployed servers do. */
  UNSTABLE,
  /** As the proposal's text has it. */
  STABLE,
  /** Both at once; a client finds each event under two names. */
  BOTH;

  private static final Set<StickyEvents> SHOW_UNSTABLE = EnumSet.of(UNSTABLE, BOTH);
  private static final Set<StickyEvents> SHOW_STABLE = EnumSet.of(STABLE, BOTH);

  /** The name of the section of a joined room, as often as there are names. */
  public Set<String> sections() {
    return switch (this) {
      case OFF -> Set.of();
      case UNSTABLE -> Set.of("msc4354_sticky");
      case STABLE -> Set.of("sticky");
      case BOTH -> Set.of("msc4354_sticky", "sticky");
    };
  }

  /** For how long the event that this request sends is to be sticky. */
  public Optional<Long> duration(Request request) {
    return this == OFF
        ? Optional.empty()
        : request
            .queryNumber("org.matrix.msc4354.sticky_duration_ms")
            .or(() -> request.queryNumber("sticky_duration_ms"));
  }

  /** Adds the members of a sticky event: its duration, and what is left of it. */
  void mark(Event event, long nowMillis, ObjectNode json, ObjectNode unsigned) {
    Long duration = event.stickyMillis();
    if (duration == null) {
      return;
    }
    long left = event.stickyFor(nowMillis);
    if (SHOW_UNSTABLE.contains(this)) {
      json.putObject("msc4354_sticky").put("duration_ms", duration);
      if (left > 0) {
        unsigned.put("msc4354_sticky_duration_ttl_ms", left);
      }
    }
    if (SHOW_STABLE.contains(this)) {
      json.putObject("sticky").put("duration_ms", duration);
      if (left > 0) {
        unsigned.put("sticky_duration_remaining_ms", left);
      }
    }
  }
}
