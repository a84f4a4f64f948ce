package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.host.RtcDriver.DelegateLeave;
import io.matrixrtc.widget.host.RtcDriver.GetLivekitToken;
import io.matrixrtc.widget.host.RtcDriver.GetTransports;
import java.util.Optional;

/** RTC transports (MSC4515) and LiveKit calls through the host (MSC4533). */
final class RtcRequests {
  private final HostSession session;
  private final RoomAccess rooms;
  private final DelayedEvents delayed;

  RtcRequests(HostSession session, RoomAccess rooms, DelayedEvents delayed) {
    this.session = session;
    this.rooms = rooms;
    this.delayed = delayed;
  }

  void transports(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.RTC_TRANSPORTS);
    exchange.call(
        new GetTransports(),
        "Unexpected error while getting the RTC transports",
        transports -> {
          ObjectNode response = Json.newObject();
          ArrayNode array = response.putArray("rtc_transports");
          transports.forEach(array::add);
          exchange.reply(response);
        });
  }

  void livekitToken(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.LIVEKIT_GET_TOKEN);
    check(data);
    exchange.call(
        new GetLivekitToken(data.data()),
        "Unexpected error while getting a LiveKit token",
        jwt -> exchange.reply(Json.newObject().put("jwt", jwt)));
  }

  void delegateLeave(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.LIVEKIT_DELEGATE_DELAYED_LEAVE);
    check(data);
    String delayId = data.filled("delay_id", "missing delay_id");
    if (!delayed.isOwn(delayId)) { // DELAY-OWN
      throw RequestRefusedException.invalid("unknown delay_id");
    }
    exchange.call(
        new DelegateLeave(data.data()),
        "Unexpected error while delegating a LiveKit delayed leave",
        ack -> {
          delayed.handOver(delayId);
          exchange.acknowledge();
        });
  }

  /** RTC-OWN: the call is in a room of the widget's, the member is this device. */
  private void check(RequestFields data) throws RequestRefusedException {
    rooms.permitted(data.filled("room_id", "missing room_id"));
    data.filled("slot_id", "missing slot_id");
    ObjectNode member = data.object("member", "missing member");
    Optional<String> device = new RequestFields(member).text("claimed_device_id");
    if (device.filter(id -> !id.equals(session.widget().account().deviceId())).isPresent()) {
      throw RequestRefusedException.invalid("another device");
    }
  }

  private void need(Feature feature) throws RequestRefusedException {
    if (!session.grants().has(feature)) {
      throw RequestRefusedException.missingCapability();
    }
  }
}
