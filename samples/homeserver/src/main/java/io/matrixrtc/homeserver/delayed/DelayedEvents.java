package io.matrixrtc.homeserver.delayed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.EventDraft;
import io.matrixrtc.homeserver.rooms.Rooms;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.RandomIds;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Schedules events, and sends them when their time has come or somebody who knows the id says so.
 * The schedule is in the storage; there is one alarm, for the event that is due next. Used on the
 * state thread.
 */
public final class DelayedEvents {
  private final DelayedEventStore store;
  private final Rooms rooms;
  private final DelayedEventPolicy policy;
  private final TimeSource time;
  private final StateThread state;
  private final RandomIds ids;
  private TimeSource.Alarm alarm = () -> {};

  public DelayedEvents(
      Foundation foundation, StateThread state, Rooms rooms, DelayedEventPolicy policy) {
    this.store = new DelayedEventStore(foundation.storage());
    this.rooms = rooms;
    this.policy = policy;
    this.time = foundation.time();
    this.state = state;
    this.ids = foundation.ids();
    rooms.onEvent(this::onEvent);
  }

  /** HS-DELAY-PERSIST: sends what became due while the server was down, oldest first. */
  public void start() {
    fireDue();
  }

  /** Schedules an event by the query of the ordinary endpoints, and returns its id. */
  public String postpone(EventDraft draft, long delayMillis) {
    return schedule(draft, delayMillis, false);
  }

  /** HS-DELAY-SCHEDULE: only the shape is checked; permissions are asked when it is sent. */
  String schedule(EventDraft draft, long delayMillis, boolean stable) {
    if (!policy.enabled()) {
      throw MatrixException.forbidden("Sending delayed events has been disallowed");
    }
    if (delayMillis > policy.maxDelay().toMillis()) {
      throw policy.refusal(stable);
    }
    rooms.checkShape(draft);
    // HS-DELAY-COUNT: the time until there is room for one more.
    if (store.countScheduled(draft.sender()) >= policy.maxScheduled()) {
      long next = store.scheduled(draft.sender()).get(0).sendAt();
      throw MatrixException.limited(Duration.ofMillis(Math.max(1, next - time.millis())));
    }
    DelayedEvent event = DelayedEvent.of(ids.token(), draft, delayMillis, time.millis());
    store.schedule(event);
    state.afterCommit(this::setAlarm);
    return event.delayId();
  }

  /** A scheduled event; 404 if it is unknown or has ended. */
  DelayedEvent scheduled(String delayId) {
    return store.get(delayId).filter(e -> e.outcome() == null).orElseThrow(DelayedEvents::unknown);
  }

  /** An event whether or not it has ended; 404 if it is unknown. */
  DelayedEvent known(String delayId) {
    return store.get(delayId).orElseThrow(DelayedEvents::unknown);
  }

  void cancel(DelayedEvent event) {
    store.end(event, new DelayedEvent.Outcome(time.millis(), null, null));
    state.afterCommit(this::setAlarm);
  }

  void restart(DelayedEvent event) {
    store.unschedule(event);
    store.schedule(event.restarted(time.millis()));
    state.afterCommit(this::setAlarm);
  }

  /** Sends it at once. A refusal is the answer, and the event stays scheduled. */
  void send(DelayedEvent event) {
    Event sent = rooms.deliver(event.draft());
    store.end(event, new DelayedEvent.Outcome(time.millis(), sent.eventId(), null));
    state.afterCommit(this::setAlarm);
  }

  List<DelayedEvent> scheduledOf(String userId) {
    return store.scheduled(userId);
  }

  List<DelayedEvent> endedOf(String userId) {
    return store.ended(userId);
  }

  /** Sends all that the user has scheduled, whether or not it is time. */
  public void fireAll(String userId) {
    store.scheduled(userId).forEach(this::fire);
    state.afterCommit(this::setAlarm);
  }

  private void fireDue() {
    Optional<DelayedEvent> next = store.next();
    while (next.isPresent() && next.get().sendAt() <= time.millis()) {
      fire(next.get());
      next = store.next();
    }
    state.afterCommit(this::setAlarm);
  }

  private void fire(DelayedEvent event) {
    DelayedEvent.Outcome outcome;
    try {
      Event sent = rooms.deliver(event.draft());
      outcome = new DelayedEvent.Outcome(time.millis(), sent.eventId(), null);
    } catch (MatrixException refused) {
      outcome = new DelayedEvent.Outcome(time.millis(), null, (ObjectNode) refused.answer().body());
    }
    store.end(event, outcome);
  }

  // HS-DELAY-OTHER: state that somebody else has set since is not to be overwritten.
  private void onEvent(Event event) {
    String stateKey = event.stateKey();
    if (stateKey == null) {
      return;
    }
    for (DelayedEvent waiting : store.forState(event.roomId(), event.type(), stateKey)) {
      if (!waiting.userId().equals(event.sender())) {
        cancel(waiting);
      }
    }
  }

  private void setAlarm() {
    alarm.cancel();
    alarm =
        store
            .next()
            .map(
                next ->
                    time.after(
                        Duration.ofMillis(Math.max(0, next.sendAt() - time.millis())),
                        () -> state.run(this::fireDue)))
            .orElse(() -> {});
  }

  /** 409 for an action that contradicts how the event ended. */
  static MatrixException conflict() {
    return new MatrixException(409, ErrorCode.M_UNKNOWN, "The delayed event has ended otherwise");
  }

  private static MatrixException unknown() {
    return MatrixException.notFound("Delayed event not found");
  }

  /** As lists and look-ups show it, under the names of every revision of the proposal. */
  static ObjectNode json(DelayedEvent event) {
    ObjectNode json =
        Json.object()
            .put("delay_id", event.delayId())
            .put("room_id", event.roomId())
            .put("type", event.type())
            .put("delay", event.delayMillis())
            .put("delay_ms", event.delayMillis())
            .put("running_since", event.since())
            .put("delayed_since_ts", event.since());
    if (event.stateKey() != null) {
      json.put("state_key", event.stateKey());
    }
    json.set("content", event.content());
    DelayedEvent.Outcome outcome = event.outcome();
    if (outcome != null) {
      ObjectNode finalised = json.putObject("finalised").put("finalised_ts", outcome.at());
      if (outcome.eventId() != null) {
        finalised.put("event_id", outcome.eventId());
      }
      if (outcome.error() != null) {
        finalised.set("error", outcome.error());
      }
    }
    return json;
  }
}
