package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.Optional;
import java.util.TreeSet;

/** Which events relate to which, by {@code m.relates_to} in their contents. */
final class Relations {
  private record Child() {}

  private static final TableSpec<Child> SPEC =
      TableSpec.of("event_relations", Child.class, "room_id", "event_id", "#position");

  private final Table<Child> table;

  Relations(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  void append(Event event) {
    target(event)
        .ifPresent(target -> table.put(new Child(), event.roomId(), target, event.position()));
  }

  /** The type of the event's relation; none of a redacted one. */
  static Optional<String> type(Event event) {
    return text(event.content().path("m.relates_to").path("rel_type"));
  }

  /**
   * Positions of the events that relate to one event, and of those that relate to them, down to
   * {@code depth} steps.
   */
  TreeSet<Long> of(Events events, Event target, int depth) {
    TreeSet<Long> found = new TreeSet<>();
    for (Table.Row<Child> row : table.scan(Range.of(target.roomId(), target.eventId()))) {
      long position = row.key().number(2);
      found.add(position);
      if (depth > 1) {
        Event child = events.at(target.roomId(), position).orElseThrow();
        found.addAll(of(events, child, depth - 1));
      }
    }
    return found;
  }

  /** The event that this one relates to; none of a redacted one. */
  static Optional<String> target(Event event) {
    return type(event).flatMap(t -> text(event.content().path("m.relates_to").path("event_id")));
  }

  private static Optional<String> text(JsonNode node) {
    return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
  }
}
