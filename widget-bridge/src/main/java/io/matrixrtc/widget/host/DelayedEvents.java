package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.host.DelayedEventDriver.Action;
import io.matrixrtc.widget.host.DelayedEventDriver.SendDelayed;
import io.matrixrtc.widget.host.DelayedEventDriver.UpdateDelayed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The delayed events of a document. A widget may touch only those that it made (DELAY-OWN). When
 * its document ends, what is still pending is sent at once: it is what the widget wanted to happen
 * when it is gone, the leave of a call above all (DELAY-END).
 */
final class DelayedEvents {
  private final HostSession session;
  private final Map<String, Kept> own = new HashMap<>();
  private int underWay;
  private int ending; // calls of documents that are gone

  /** Until when the event is certainly pending at the latest; restarts move that. */
  private record Kept(Duration delay, Instant due) {}

  DelayedEvents(HostSession session) {
    this.session = session;
  }

  void send(Exchange exchange, EventDriver.Send event, Duration delay)
      throws RequestRefusedException {
    forget();
    if (own.size() + underWay >= session.limits().maxDelayedEvents()) { // LIMITS
      throw new RequestRefusedException("Too many delayed events");
    }
    underWay++;
    session
        .calls()
        .start(
            new SendDelayed(event, delay),
            result -> {
              underWay--;
              if (result instanceof DriverResult.Done<String> done) {
                own.put(done.answer(), new Kept(delay, session.now().plus(delay)));
              }
              exchange.accept(
                  result,
                  "Error sending event",
                  id -> exchange.reply(EventSending.sent(event.roomId(), "delay_id", id)));
            },
            this::endOrphan);
  }

  /** The document that asked for it is gone. */
  private void endOrphan(DriverResult<String> result) {
    ending--;
    if (result instanceof DriverResult.Done<String> done) {
      end(done.answer());
    }
  }

  private void end(String id) {
    ending++;
    session.calls().start(new UpdateDelayed(id, Action.SEND), sent -> ending--, sent -> ending--);
  }

  /** Whether something of a document that is gone is still on its way to the homeserver. */
  boolean isEnding() {
    return ending > 0;
  }

  /** What is over by itself frees its place. One more delay is allowed for clocks and ways. */
  private void forget() {
    own.values().removeIf(kept -> kept.due.plus(kept.delay).isBefore(session.now()));
  }

  /** The action {@code update_delayed_event}. */
  void update(Exchange exchange, RequestFields data) throws RequestRefusedException {
    String id = data.filled("delay_id", "missing delay_id");
    if (!session.grants().has(Feature.UPDATE_DELAYED_EVENT)) {
      throw RequestRefusedException.missingCapability();
    }
    Optional<Action> action = Action.of(data.text("action").orElse(""));
    if (action.isEmpty()) {
      throw RequestRefusedException.invalid("unsupported action");
    }
    Kept kept = own.get(id);
    if (kept == null) {
      throw RequestRefusedException.invalid("unknown delay_id");
    }
    exchange.call(
        new UpdateDelayed(id, action.get()),
        "Error updating delayed event",
        ack -> {
          if (action.get() == Action.RESTART) {
            own.computeIfPresent(
                id, (same, old) -> new Kept(old.delay, session.now().plus(old.delay)));
          } else {
            own.remove(id);
          }
          exchange.acknowledge();
        });
  }

  /** Whether the document made this delayed event and did not end it. */
  boolean isOwn(String delayId) {
    return own.containsKey(delayId);
  }

  /** The SFU's side keeps it now: its end is no longer ours to make. */
  void handOver(String delayId) {
    own.remove(delayId);
  }

  /** The document is gone. */
  void reset() {
    List<String> pending = new ArrayList<>(own.keySet());
    own.clear();
    ending += underWay;
    underWay = 0;
    pending.forEach(this::end);
  }
}
