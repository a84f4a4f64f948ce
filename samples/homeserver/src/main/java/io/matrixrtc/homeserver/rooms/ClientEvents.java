package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.Session;
import java.time.InstantSource;

/** Events in the shapes that clients get. */
public final class ClientEvents {
  private final Events events;
  private final InstantSource clock;
  private final StickyEvents sticky;

  public ClientEvents(Events events, InstantSource clock, StickyEvents sticky) {
    this.events = events;
    this.clock = clock;
    this.sticky = sticky;
  }

  /** As an answer about one room or event has it. */
  public ObjectNode withRoomId(Event event, Session viewer) {
    return inSync(event, viewer).put("room_id", event.roomId());
  }

  /** As sync has it: without the room id, which is a key of the answer. */
  public ObjectNode inSync(Event event, Session viewer) {
    ObjectNode json =
        Json.object()
            .put("type", event.type())
            .put("sender", event.sender())
            .put("event_id", event.eventId())
            .put("origin_server_ts", event.originServerTs());
    json.set("content", event.content());
    if (event.stateKey() != null) {
      json.put("state_key", event.stateKey());
    }
    if (event.redacts() != null) {
      json.put("redacts", event.redacts());
    }
    ObjectNode unsigned = json.putObject("unsigned");
    unsigned.put("age", Math.max(0, clock.millis() - event.originServerTs()));
    // HS-TXN-2: only the very device that sent the event sees its transaction id.
    if (event.transactionId() != null
        && event.sender().equals(viewer.userId())
        && viewer.deviceId().equals(event.senderDevice())) {
      unsigned.put("transaction_id", event.transactionId());
    }
    // HS-DELAY-ID: the id is a secret of its sender.
    if (event.delayId() != null && event.sender().equals(viewer.userId())) {
      unsigned.put("org.matrix.msc4140.delay_id", event.delayId());
      unsigned.put("delay_id", event.delayId());
    }
    sticky.mark(event, clock.millis(), json, unsigned);
    events
        .replaced(event)
        .ifPresent(
            before -> {
              unsigned.put("replaces_state", before.eventId());
              unsigned.set("prev_content", before.content());
            });
    Long redactedBy = event.redactedBy();
    if (redactedBy != null) {
      events
          .at(event.roomId(), redactedBy)
          .ifPresent(by -> unsigned.set("redacted_because", withRoomId(by, viewer)));
    }
    return json;
  }

  /** As an invite shows the state of a room. */
  public static ObjectNode stripped(Event event) {
    ObjectNode json =
        Json.object()
            .put("type", event.type())
            .put("sender", event.sender())
            .put("state_key", event.stateKey());
    json.set("content", event.content());
    return json;
  }
}
