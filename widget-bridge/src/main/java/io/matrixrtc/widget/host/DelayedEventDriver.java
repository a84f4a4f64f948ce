package io.matrixrtc.widget.host;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Delayed events (MSC4140). */
public interface DelayedEventDriver {
  /** Leaves an event with the homeserver; answers its delay id. */
  CompletionStage<DriverResult<String>> send(SendDelayed event);

  /** Cancels, restarts or sends it. */
  CompletionStage<DriverResult<DriverCall.Ack>> update(UpdateDelayed update);

  /** An event that is sent unless it is cancelled or restarted in time. */
  record SendDelayed(EventDriver.Send event, Duration delay) implements DriverCall<String> {
    @Override
    public CompletionStage<DriverResult<String>> on(WidgetDriver driver) {
      return driver.delayedEvents().send(this);
    }
  }

  /** What is to become of a delayed event. */
  record UpdateDelayed(String delayId, Action action) implements DriverCall<DriverCall.Ack> {
    @Override
    public CompletionStage<DriverResult<DriverCall.Ack>> on(WidgetDriver driver) {
      return driver.delayedEvents().update(this);
    }
  }

  /** The actions, by their names on the wire. */
  enum Action {
    CANCEL("cancel"),
    RESTART("restart"),
    SEND("send");

    private final String wireName;

    Action(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }

    static Optional<Action> of(String wireName) {
      for (Action action : values()) {
        if (action.wireName.equals(wireName)) {
          return Optional.of(action);
        }
      }
      return Optional.empty();
    }
  }
}
