package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.ScheduleOutcome;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A session's own events, by way of a widget's host: one request for each call (CLIENT-PUBLISH).
 * Delayed and sticky events of a widget that does not ask to send any fail here (CLIENT-WANTED).
 */
final class WidgetStatePublisher implements RoomStatePublisher {
  private final WidgetClient client;
  private final String roomId;

  WidgetStatePublisher(WidgetClient client, String roomId) {
    this.client = client;
    this.roomId = roomId;
  }

  @Override
  public CompletionStage<PublishOutcome> putState(
      String eventType, String stateKey, ObjectNode content) {
    return client
        .request(WidgetAction.SEND_EVENT, data(eventType, content).put("state_key", stateKey))
        .thenApply(HostOutcomes::publishing);
  }

  @Override
  public CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
    return lacked(event)
        .<CompletionStage<PublishOutcome>>map(
            why -> CompletableFuture.completedFuture(new PublishOutcome.Unsupported(why)))
        .orElseGet(
            () ->
                client
                    .request(WidgetAction.SEND_EVENT, data(event))
                    .thenApply(HostOutcomes::publishing));
  }

  @Override
  public CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
    return lacked(Feature.SEND_DELAYED_EVENT)
        .or(() -> lacked(event))
        .<CompletionStage<ScheduleOutcome>>map(
            why -> CompletableFuture.completedFuture(new ScheduleOutcome.Unsupported(why)))
        .orElseGet(
            () ->
                client
                    .request(WidgetAction.SEND_EVENT, data(event).put("delay", delay.toMillis()))
                    .thenApply(HostOutcomes::scheduling));
  }

  @Override
  public CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
    ObjectNode data = Json.newObject().put("delay_id", id.value());
    data.put("action", action.name().toLowerCase(Locale.ROOT));
    return lacked(Feature.UPDATE_DELAYED_EVENT)
        .<CompletionStage<DelayedUpdateOutcome>>map(
            why -> CompletableFuture.completedFuture(new DelayedUpdateOutcome.Unsupported(why)))
        .orElseGet(
            () ->
                client
                    .request(WidgetAction.UPDATE_DELAYED_EVENT, data)
                    .thenApply(HostOutcomes::updating));
  }

  private Optional<String> lacked(OutgoingEvent event) {
    return event instanceof OutgoingEvent.Message message && !message.stickyFor().isZero()
        ? lacked(Feature.SEND_STICKY_EVENT)
        : Optional.empty();
  }

  /** Why this cannot be done, if the widget does not ask for it. */
  private Optional<String> lacked(Feature feature) {
    return client.wants(feature)
        ? Optional.empty()
        : Optional.of("the widget does not ask for " + feature.text());
  }

  private ObjectNode data(OutgoingEvent event) {
    ObjectNode data = data(event.type(), event.content());
    if (event instanceof OutgoingEvent.State state) {
      data.put("state_key", state.stateKey());
    } else if (event instanceof OutgoingEvent.Message message && !message.stickyFor().isZero()) {
      data.put("sticky_duration_ms", message.stickyFor().toMillis());
    }
    return data;
  }

  private ObjectNode data(String type, ObjectNode content) {
    ObjectNode data = Json.newObject().put("type", type).put("room_id", roomId);
    data.set("content", content.deepCopy());
    return data;
  }
}
