package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.host.EventDriver.Redact;
import io.matrixrtc.widget.host.EventDriver.Send;
import java.time.Duration;
import java.util.Optional;

/** The action {@code send_event}: message-like and state events, delayed, sticky, redactions. */
final class EventSending {
  /** Longest stickiness (MSC4354). */
  static final Duration MAX_STICKY = Duration.ofHours(1);

  private static final String FAILED = "Error sending event";
  private static final String REDACTION = "m.room.redaction";

  private final HostSession session;
  private final RoomAccess rooms;
  private final DelayedEvents delayed;

  EventSending(HostSession session, RoomAccess rooms, DelayedEvents delayed) {
    this.session = session;
    this.rooms = rooms;
    this.delayed = delayed;
  }

  /** Checks in the order of matrix-widget-api, so that the same mistake gets the same text. */
  void send(Exchange exchange, RequestFields data) throws RequestRefusedException {
    String type = data.filled("type", "missing event type");
    String roomId = rooms.named(data);
    need(data, "delay", Feature.SEND_DELAYED_EVENT);
    need(data, "sticky_duration_ms", Feature.SEND_STICKY_EVENT);
    ObjectNode content = data.object("content", "missing event content");
    Optional<String> stateKey = data.text("state_key");
    if (stateKey.isPresent()) {
      if (!session.grants().allowsState(Flow.SEND, type, stateKey.get())) { // SEND-GRANT
        throw new RequestRefusedException("Cannot send state events of this type");
      }
      if (data.has("sticky_duration_ms")) {
        throw new RequestRefusedException("Cannot send a state event with a sticky duration");
      }
    } else if (!session.grants().allowsMessage(Flow.SEND, type, EventFilter.msgtype(content))) {
      throw new RequestRefusedException("Cannot send room events of this type");
    }
    if (data.has("parent_delay_id") && !data.has("delay")) { // SEND-PARENT
      throw RequestRefusedException.invalid("parent_delay_id is not taken in place of delay");
    }
    Optional<Duration> delay = data.millis("delay", session.limits().maxDelay());
    Optional<Duration> sticky = data.millis("sticky_duration_ms", MAX_STICKY);
    if (type.equals(REDACTION) && stateKey.isEmpty()) {
      redact(exchange, roomId, content, delay.isPresent() || sticky.isPresent());
      return;
    }
    Send event = new Send(roomId, type, content, stateKey, sticky);
    if (delay.isPresent()) {
      delayed.send(exchange, event, delay.get());
    } else {
      exchange.call(event, FAILED, eventId -> exchange.reply(sent(roomId, "event_id", eventId)));
    }
  }

  private void need(RequestFields data, String member, Feature feature)
      throws RequestRefusedException {
    if (data.has(member) && !session.grants().has(feature)) {
      throw new RequestRefusedException("Missing capability for " + feature.text());
    }
  }

  /** SEND-REDACTION: by its own endpoint, and only for this type. */
  private void redact(Exchange exchange, String roomId, ObjectNode content, boolean special)
      throws RequestRefusedException {
    RequestFields fields = new RequestFields(content);
    String eventId = fields.filled("redacts", "missing redacts");
    if (special) {
      throw RequestRefusedException.invalid("a redaction is neither delayed nor sticky");
    }
    exchange.call(
        new Redact(roomId, eventId, fields.text("reason")),
        FAILED,
        id -> exchange.reply(sent(roomId, "event_id", id)));
  }

  static ObjectNode sent(String roomId, String member, String id) {
    return Json.newObject().put("room_id", roomId).put(member, id);
  }
}
