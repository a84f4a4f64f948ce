package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * One room of a homeserver with state, sticky and delayed events, in virtual time. Delayed events
 * survive a restart of the server; overdue ones are sent when it is up again.
 */
final class SimulatedServer {
  final VirtualTime time;
  final boolean delayedEvents;

  /** Told of each event that the server took, before everyone else. */
  BiConsumer<String, RoomUpdate> observer = (sender, update) -> {};

  final Map<String, CallMemberEvent> state = new LinkedHashMap<>();
  final List<StickyMemberEvent> sticky = new ArrayList<>();
  private final Map<String, Delayed> delayed = new LinkedHashMap<>();
  private final Map<String, String> transactions = new HashMap<>();
  private boolean up = true;

  /** Grows with each event. */
  int last;

  private static final class Delayed {
    final String sender;
    final OutgoingEvent event;
    final Duration delay;
    SerialScheduler.Timer timer = () -> {};
    boolean overdue;

    Delayed(String sender, OutgoingEvent event, Duration delay) {
      this.sender = sender;
      this.event = event;
      this.delay = delay;
    }
  }

  SimulatedServer(VirtualTime time, boolean delayedEvents) {
    this.time = time;
    this.delayedEvents = delayedEvents;
  }

  boolean isUp() {
    return up;
  }

  void stop() {
    up = false;
  }

  void start() {
    up = true;
    List.copyOf(delayed.entrySet()).stream()
        .filter(entry -> entry.getValue().overdue)
        .map(Map.Entry::getKey)
        .forEach(this::fire);
  }

  PublishOutcome publish(String sender, OutgoingEvent event) {
    if (event instanceof OutgoingEvent.State put) {
      return new PublishOutcome.Published(state(sender, put.stateKey(), put.content()));
    }
    OutgoingEvent.Message message = (OutgoingEvent.Message) event;
    String known = transactions.get(sender + message.transactionId());
    if (known != null) {
      return new PublishOutcome.Published(known);
    }
    String id = sticky(sender, message);
    transactions.put(sender + message.transactionId(), id);
    return new PublishOutcome.Published(id);
  }

  ScheduleOutcome schedule(String sender, OutgoingEvent event, Duration delay) {
    if (!delayedEvents) {
      return new ScheduleOutcome.Unsupported("no MSC4140");
    }
    String transaction =
        event instanceof OutgoingEvent.Message message ? sender + message.transactionId() : "";
    String known = transactions.get(transaction);
    if (known != null) {
      return new ScheduleOutcome.Scheduled(new DelayId(known));
    }
    String id = "delay" + ++last;
    Delayed later = new Delayed(sender, event, delay);
    delayed.put(id, later);
    if (!transaction.isEmpty()) {
      transactions.put(transaction, id);
    }
    startTimer(id, later);
    return new ScheduleOutcome.Scheduled(new DelayId(id));
  }

  DelayedUpdateOutcome update(DelayId delayId, DelayedAction action) {
    String id = delayId.value();
    Delayed later = delayed.get(id);
    if (later == null) {
      return new DelayedUpdateOutcome.NotFound();
    }
    later.timer.cancel();
    switch (action) {
      case RESTART -> startTimer(id, later);
      case SEND -> fire(id);
      case CANCEL -> delayed.remove(id);
    }
    return new DelayedUpdateOutcome.Done();
  }

  private void startTimer(String id, Delayed later) {
    later.timer =
        time.schedule(
            time.now().plus(later.delay),
            () -> {
              later.overdue = true;
              if (up) {
                fire(id);
              }
            });
  }

  private void fire(String id) {
    Delayed later = delayed.remove(id);
    if (later != null && later.event instanceof OutgoingEvent.State put) {
      state(later.sender, put.stateKey(), put.content());
    } else if (later != null && later.event instanceof OutgoingEvent.Message message) {
      sticky(later.sender, message);
    }
  }

  private String state(String sender, String stateKey, ObjectNode content) {
    CallMemberEvent event =
        new CallMemberEvent("$" + ++last, stateKey, sender, time.now(), content);
    state.put(stateKey, event);
    observer.accept(sender, new RoomUpdate(List.of(event), Set.of(), Set.of()));
    return event.eventId();
  }

  private String sticky(String sender, OutgoingEvent.Message message) {
    Instant now = time.now();
    StickyMemberEvent event =
        new StickyMemberEvent(
            String.format("$%09d", ++last),
            sender,
            now,
            message.stickyFor(),
            now.plus(message.stickyFor()),
            Optional.empty(),
            message.content());
    sticky.add(event);
    observer.accept(sender, RoomUpdate.ofSticky(List.of(event)));
    return event.eventId();
  }
}
