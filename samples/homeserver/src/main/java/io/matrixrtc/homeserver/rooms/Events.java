package io.matrixrtc.homeserver.rooms;

import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The events of all rooms, their present state, and their state at an earlier position. */
public final class Events {
  private record Location(String roomId, long position) {}

  private record StatePointer(long position) {}

  private static final TableSpec<Event> EVENTS =
      TableSpec.of("events", Event.class, "room_id", "#position");
  private static final TableSpec<Location> IDS =
      TableSpec.of("event_ids", Location.class, "event_id");
  private static final TableSpec<StatePointer> STATE =
      TableSpec.of("room_state", StatePointer.class, "room_id", "type", "state_key");

  private final Table<Event> events;
  private final Table<Location> ids;
  private final Table<StatePointer> state;
  private final Relations relations;

  public Events(Storage storage) {
    this.events = Table.open(storage, EVENTS);
    this.ids = Table.open(storage, IDS);
    this.state = Table.open(storage, STATE);
    this.relations = new Relations(storage);
  }

  /** Adds an event; a state event becomes the present state. */
  void append(Event event) {
    events.put(event, event.roomId(), event.position());
    ids.put(new Location(event.roomId(), event.position()), event.eventId());
    relations.append(event);
    String stateKey = event.stateKey();
    if (stateKey != null) {
      state.put(new StatePointer(event.position()), event.roomId(), event.type(), stateKey);
    }
  }

  Relations relations() {
    return relations;
  }

  /** Overwrites an event in place, after a redaction. */
  void replace(Event event) {
    events.put(event, event.roomId(), event.position());
  }

  public Optional<Event> byId(String eventId) {
    return ids.get(eventId).flatMap(at -> events.get(at.roomId(), at.position()));
  }

  public Optional<Event> at(String roomId, long position) {
    return events.get(roomId, position);
  }

  /** Events after one position up to another, oldest first, at most {@code limit}. */
  public List<Event> oldestAfter(String roomId, long after, long upTo, int limit) {
    return list(Range.of(roomId).after(after).upTo(upTo).limit(limit));
  }

  /** Events after one position up to another, newest first, at most {@code limit}. */
  public List<Event> newestUpTo(String roomId, long after, long upTo, int limit) {
    return list(Range.of(roomId).after(after).upTo(upTo).descending().limit(limit));
  }

  /** The present state event of this type and key. */
  public Optional<Event> state(String roomId, String type, String stateKey) {
    return state
        .get(roomId, type, stateKey)
        .flatMap(pointer -> events.get(roomId, pointer.position()));
  }

  /** The present state, in no particular order. */
  public List<Event> state(String roomId) {
    return stateAt(roomId, Long.MAX_VALUE);
  }

  /** The state event of this type and key as it stood after {@code position}. */
  public Optional<Event> stateAt(String roomId, String type, String stateKey, long position) {
    return state
        .get(roomId, type, stateKey)
        .flatMap(pointer -> backTo(roomId, pointer.position(), position));
  }

  /** The whole state as it stood after {@code position}. */
  public List<Event> stateAt(String roomId, long position) {
    List<Event> found = new ArrayList<>();
    for (Table.Row<StatePointer> row : state.scan(Range.of(roomId))) {
      backTo(roomId, row.value().position(), position).ifPresent(found::add);
    }
    return found;
  }

  /** All values that a state key has had, newest first. */
  List<Event> history(String roomId, String type, String stateKey) {
    List<Event> values = new ArrayList<>();
    Optional<Event> next = state(roomId, type, stateKey);
    while (next.isPresent()) {
      values.add(next.get());
      next = replaced(next.get());
    }
    return values;
  }

  /** The state event that this one took the place of. */
  public Optional<Event> replaced(Event event) {
    Long replaces = event.replaces();
    return replaces == null ? Optional.empty() : events.get(event.roomId(), replaces);
  }

  // Follows the chain of replaced values until one is not newer than the position.
  private Optional<Event> backTo(String roomId, long from, long position) {
    Optional<Event> event = events.get(roomId, from);
    while (event.isPresent() && event.get().position() > position) {
      event = replaced(event.get());
    }
    return event;
  }

  private List<Event> list(Range range) {
    return events.scan(range).stream().map(Table.Row::value).toList();
  }
}
