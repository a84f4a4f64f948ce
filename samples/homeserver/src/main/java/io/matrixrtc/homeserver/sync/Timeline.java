package io.matrixrtc.homeserver.sync;

import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.Events;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * The newest events of a stretch of a room.
 *
 * @param events oldest first
 * @param limited whether there are more in the stretch before them
 * @param start position before which {@code /messages} goes on, and up to which the state is that
 *     before the first event
 */
record Timeline(List<Event> events, boolean limited, long start) {

  /** Reads at most {@code limit} of the admitted events after one position up to another. */
  static Timeline read(
      Events events, String roomId, long after, long upTo, int limit, Predicate<Event> admitted) {
    List<Event> newestFirst = new ArrayList<>();
    long from = upTo;
    boolean more = true;
    while (more && newestFirst.size() <= limit) {
      List<Event> page = events.newestUpTo(roomId, after, from, limit + 1);
      more = page.size() == limit + 1;
      for (Event event : page) {
        from = event.position() - 1;
        if (admitted.test(event)) {
          newestFirst.add(event);
        }
      }
    }
    boolean limited = newestFirst.size() > limit;
    List<Event> given = new ArrayList<>(limited ? newestFirst.subList(0, limit) : newestFirst);
    Collections.reverse(given);
    return new Timeline(given, limited, given.isEmpty() ? upTo : given.get(0).position() - 1);
  }
}
