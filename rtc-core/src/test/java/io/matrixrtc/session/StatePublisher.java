package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A homeserver with state events and nothing else. */
interface StatePublisher extends RoomStatePublisher {
  /** Puts a state event. */
  @FunctionalInterface
  interface Put {
    CompletionStage<PublishOutcome> put(String eventType, String stateKey, ObjectNode content);
  }

  static RoomStatePublisher of(Put put) {
    return new StatePublisher() {
      @Override
      public CompletionStage<PublishOutcome> putState(
          String eventType, String stateKey, ObjectNode content) {
        return put.put(eventType, stateKey, content);
      }
    };
  }

  @Override
  default CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
    return CompletableFuture.completedFuture(new PublishOutcome.Unsupported("no messages"));
  }

  @Override
  default CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
    return CompletableFuture.completedFuture(new ScheduleOutcome.Unsupported("no delayed events"));
  }

  @Override
  default CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
    return CompletableFuture.completedFuture(
        new DelayedUpdateOutcome.Unsupported("no delayed events"));
  }
}
