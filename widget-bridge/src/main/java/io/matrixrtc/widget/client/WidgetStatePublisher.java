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
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/**
 * A session's own events, by way of a widget's host: one request for each call (CLIENT-PUBLISH).
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
    return client.request(WidgetAction.SEND_EVENT, data(event)).thenApply(HostOutcomes::publishing);
  }

  @Override
  public CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
    return client
        .request(WidgetAction.SEND_EVENT, data(event).put("delay", delay.toMillis()))
        .thenApply(HostOutcomes::scheduling);
  }

  @Override
  public CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
    return client
        .request(
            WidgetAction.UPDATE_DELAYED_EVENT,
            Json.newObject()
                .put("delay_id", id.value())
                .put("action", action.name().toLowerCase(Locale.ROOT)))
        .thenApply(HostOutcomes::updating);
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
