package io.matrixrtc.homeserver.delayed;

import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The delayed events of all users: those scheduled, by time and by owner, and how others ended. */
final class DelayedEventStore {
  /** HS-DELAY-KEPT: ended ones that are remembered of a user, the latest. */
  static final int MAX_ENDED = 1_000;

  /** HS-DELAY-KEPT: for how long. */
  static final Duration ENDED_FOR = Duration.ofDays(7);

  private record Mark() {}

  private static final TableSpec<DelayedEvent> EVENTS =
      TableSpec.of("delayed_events", DelayedEvent.class, "delay_id");
  private static final TableSpec<Mark> DUE =
      TableSpec.of("delayed_due", Mark.class, "#send_at", "delay_id");
  private static final TableSpec<Mark> SCHEDULED =
      TableSpec.of("delayed_scheduled", Mark.class, "user_id", "#send_at", "delay_id");
  private static final TableSpec<Mark> ENDED =
      TableSpec.of("delayed_ended", Mark.class, "user_id", "#ended_at", "delay_id");
  private static final TableSpec<Mark> STATE =
      TableSpec.of("delayed_state", Mark.class, "room_id", "type", "state_key", "delay_id");

  private final Table<DelayedEvent> events;
  private final Table<Mark> due;
  private final Table<Mark> scheduled;
  private final Table<Mark> ended;
  private final Table<Mark> state;

  DelayedEventStore(Storage storage) {
    this.events = Table.open(storage, EVENTS);
    this.due = Table.open(storage, DUE);
    this.scheduled = Table.open(storage, SCHEDULED);
    this.ended = Table.open(storage, ENDED);
    this.state = Table.open(storage, STATE);
  }

  Optional<DelayedEvent> get(String delayId) {
    return events.get(delayId);
  }

  void schedule(DelayedEvent event) {
    events.put(event, event.delayId());
    due.put(new Mark(), event.sendAt(), event.delayId());
    scheduled.put(new Mark(), event.userId(), event.sendAt(), event.delayId());
    if (event.stateKey() != null) {
      state.put(new Mark(), event.roomId(), event.type(), event.stateKey(), event.delayId());
    }
  }

  /** Takes the event off the schedule; what becomes of it is for the caller to say. */
  void unschedule(DelayedEvent event) {
    due.remove(event.sendAt(), event.delayId());
    scheduled.remove(event.userId(), event.sendAt(), event.delayId());
    if (event.stateKey() != null) {
      state.remove(event.roomId(), event.type(), event.stateKey(), event.delayId());
    }
  }

  /** Takes the event off the schedule and remembers how it ended. */
  void end(DelayedEvent event, DelayedEvent.Outcome outcome) {
    unschedule(event);
    events.put(event.ended(outcome), event.delayId());
    ended.put(new Mark(), event.userId(), outcome.at(), event.delayId());
    long excess = ended.count(event.userId()) - MAX_ENDED;
    for (Table.Row<Mark> row : ended.scan(Range.of(event.userId()))) {
      long at = row.key().number(1);
      if (excess <= 0 && at > outcome.at() - ENDED_FOR.toMillis()) {
        return;
      }
      excess--;
      ended.remove(event.userId(), at, row.key().text(2));
      events.remove(row.key().text(2));
    }
  }

  /** The one to be sent next. */
  Optional<DelayedEvent> next() {
    return due.scan(Range.of().limit(1)).stream().findFirst().flatMap(r -> get(r.key().text(1)));
  }

  long countScheduled(String userId) {
    return scheduled.count(userId);
  }

  /** Soonest first. */
  List<DelayedEvent> scheduled(String userId) {
    return scheduled.scan(Range.of(userId)).stream()
        .flatMap(row -> get(row.key().text(2)).stream())
        .toList();
  }

  /** Those that have ended and are remembered, oldest first. */
  List<DelayedEvent> ended(String userId) {
    return ended.scan(Range.of(userId)).stream()
        .flatMap(row -> get(row.key().text(2)).stream())
        .toList();
  }

  /** Scheduled state events for this type and key. */
  List<DelayedEvent> forState(String roomId, String type, String stateKey) {
    return state.scan(Range.of(roomId, type, stateKey)).stream()
        .flatMap(row -> get(row.key().text(3)).stream())
        .toList();
  }
}
