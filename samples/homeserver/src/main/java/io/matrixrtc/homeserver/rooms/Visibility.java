package io.matrixrtc.homeserver.rooms;

import io.matrixrtc.homeserver.http.MatrixException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Which events of a room a user may see. */
public final class Visibility {
  private final Events events;
  private final Memberships memberships;
  private final InstantSource clock;

  public Visibility(Events events, Memberships memberships, InstantSource clock) {
    this.events = events;
    this.memberships = memberships;
    this.clock = clock;
  }

  /** What one user may see of one room; made for one answer. */
  public final class View {
    private final String userId;
    // Newest first.
    private final List<Event> own;
    private final List<Event> rules;
    private final long end;

    private View(String roomId, String userId) {
      this.userId = userId;
      this.own = events.history(roomId, EventType.MEMBER, userId);
      this.rules = events.history(roomId, EventType.HISTORY_VISIBILITY, "");
      boolean joined = !own.isEmpty() && own.get(0).membership().equals(Memberships.JOIN);
      this.end = joined ? Long.MAX_VALUE : lastSeen();
    }

    // HS-VIS-LEFT: somebody who left sees up to the leave, and nothing after it.
    private long lastSeen() {
      for (int i = 0; i < own.size(); i++) {
        if (own.get(i).membership().equals(Memberships.JOIN)) {
          return own.get(i - 1).position();
        }
      }
      return -1;
    }

    /** Position of the last event that the user may see, without limit while joined. */
    public long end() {
      return end;
    }

    public boolean sees(Event event) {
      if (event.isState(EventType.MEMBER, userId)) {
        return true;
      }
      // HS-VIS-CHANGE: a change of the rule is seen where the old rule or the new one allows it.
      return sees(event, ruleAt(event.position()))
          || (event.isState(EventType.HISTORY_VISIBILITY, "")
              && sees(event, ruleAt(event.position() - 1)));
    }

    // HS-VIS-RULES
    private boolean sees(Event event, String rule) {
      if (rule.equals("world_readable")) {
        return true;
      }
      if (event.position() > end) {
        return false;
      }
      String membership = at(own, event.position()).map(Event::membership).orElse("");
      return membership.equals(Memberships.JOIN)
          || (rule.equals("invited") && membership.equals(Memberships.INVITE))
          || (rule.equals("shared") && joinedAfter(event.position()));
    }

    private String ruleAt(long position) {
      return at(rules, position).map(View::rule).orElse("shared");
    }

    private boolean joinedAfter(long position) {
      return own.stream()
          .anyMatch(e -> e.position() > position && e.membership().equals(Memberships.JOIN));
    }

    private static Optional<Event> at(List<Event> newestFirst, long position) {
      return newestFirst.stream().filter(event -> event.position() <= position).findFirst();
    }

    private static String rule(Event event) {
      return event.content().path("history_visibility").asText("shared");
    }
  }

  public View of(String roomId, String userId) {
    return new View(roomId, userId);
  }

  /** An event of the room, if the user may see it. */
  public Optional<Event> event(String roomId, String eventId, String userId) {
    return events
        .byId(eventId)
        .filter(event -> event.roomId().equals(roomId))
        .filter(event -> seesSticky(event, userId) || of(roomId, userId).sees(event));
  }

  // HS-STICKY-VISIBLE: every member sees an event for as long as it is sticky.
  private boolean seesSticky(Event event, String userId) {
    return event.stickyFor(clock.millis()) > 0 && memberships.isJoined(userId, event.roomId());
  }

  /** Where the user's view of the room's state ends; 403 for somebody who was never in it. */
  long stateEnd(String roomId, String userId) {
    if (memberships.isJoined(userId, roomId)) {
      return Long.MAX_VALUE;
    }
    boolean open =
        events
            .state(roomId, EventType.HISTORY_VISIBILITY, "")
            .map(View::rule)
            .equals(Optional.of("world_readable"));
    if (open) {
      return Long.MAX_VALUE;
    }
    long end = of(roomId, userId).end();
    if (end < 0) {
      throw MatrixException.forbidden("User " + userId + " not in room " + roomId);
    }
    return end;
  }
}
