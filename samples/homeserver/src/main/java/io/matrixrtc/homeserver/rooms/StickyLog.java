package io.matrixrtc.homeserver.rooms;

import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.time.InstantSource;
import java.util.List;

/** Which events of a room are sticky; expired ones are dropped as new ones come. */
public final class StickyLog {
  private record Sticky(long until) {}

  private static final TableSpec<Sticky> SPEC =
      TableSpec.of("sticky_events", Sticky.class, "room_id", "#position");

  private final Table<Sticky> table;
  private final Events events;
  private final InstantSource clock;

  StickyLog(Storage storage, Events events, InstantSource clock) {
    this.table = Table.open(storage, SPEC);
    this.events = events;
    this.clock = clock;
  }

  void append(Event event) {
    long left = event.stickyFor(clock.millis());
    if (left == 0) {
      return;
    }
    for (Table.Row<Sticky> row : table.scan(Range.of(event.roomId()))) {
      if (row.value().until() <= clock.millis()) {
        table.remove(event.roomId(), row.key().number(1));
      }
    }
    table.put(new Sticky(clock.millis() + left), event.roomId(), event.position());
  }

  /**
   * The events after one position up to another that are still sticky, oldest first. A redacted one
   * is sticky no more.
   */
  public List<Event> after(String roomId, long after, long upTo) {
    return table.scan(Range.of(roomId).after(after).upTo(upTo)).stream()
        .filter(row -> row.value().until() > clock.millis())
        .flatMap(row -> events.at(roomId, row.key().number(1)).stream())
        .filter(event -> event.stickyFor(clock.millis()) > 0)
        .toList();
  }
}
