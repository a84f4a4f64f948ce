package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** State events of a room, and message events that the test answers and looks at. */
final class MessagingPublisher implements StatePublisher {
  final List<OutgoingEvent.Message> messages = new ArrayList<>();
  Function<OutgoingEvent.Message, PublishOutcome> answer =
      message -> new PublishOutcome.Published("$message");
  private final RoomStatePublisher state;

  MessagingPublisher(RoomStatePublisher state) {
    this.state = state;
  }

  @Override
  public CompletionStage<PublishOutcome> putState(
      String eventType, String stateKey, ObjectNode content) {
    return state.putState(eventType, stateKey, content);
  }

  @Override
  public CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
    messages.add(event);
    return CompletableFuture.completedFuture(answer.apply(event));
  }
}
