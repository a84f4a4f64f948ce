package io.matrixrtc.widget.host;

import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.api.WidgetError;
import io.matrixrtc.widget.host.UiDriver.AlwaysOnScreen;
import io.matrixrtc.widget.host.UiDriver.Navigate;
import io.matrixrtc.widget.host.UiDriver.Sticker;
import io.matrixrtc.widget.host.UiDriver.ViewRoom;

/** What a widget asks of the screen around it. Modal widgets are not offered. */
final class UiRequests {
  private final HostSession session;
  private final RoomAccess rooms;

  UiRequests(HostSession session, RoomAccess rooms) {
    this.session = session;
    this.rooms = rooms;
  }

  void navigate(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.NAVIGATE);
    MatrixLink link =
        data.text("uri")
            .flatMap(MatrixLink::read) // UI-LINK
            .orElseThrow(() -> new RequestRefusedException("Invalid matrix.to URI"));
    exchange.call(new Navigate(link), "Error handling navigation", ack -> exchange.acknowledge());
  }

  void viewRoom(Exchange exchange, RequestFields data) throws RequestRefusedException {
    String roomId = data.text("room_id").orElse("");
    if (roomId.isEmpty()) {
      throw new RequestRefusedException("Room ID not supplied.");
    }
    if (!session.grants().has(Feature.VIEW_ROOM)) {
      throw new RequestRefusedException(
          "This widget does not have permission for this action (denied).");
    }
    exchange.call(new ViewRoom(roomId), "Error handling navigation", ack -> exchange.acknowledge());
  }

  void alwaysOnScreen(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.ALWAYS_ON_SCREEN);
    exchange.call(
        new AlwaysOnScreen(data.flag("value", "missing value")),
        "Error keeping the widget on screen",
        success -> exchange.reply(Json.newObject().put("success", success)));
  }

  void sticker(Exchange exchange, RequestFields data) throws RequestRefusedException {
    need(Feature.STICKER);
    data.filled("name", "missing name");
    new RequestFields(data.object("content", "missing content")).filled("url", "missing url");
    exchange.call(
        new Sticker(rooms.viewed(), data.data()),
        "Error sending event",
        ack -> exchange.acknowledge());
  }

  /** Opening, closing and changing a modal widget. */
  void modal(Exchange exchange, RequestFields data) {
    exchange.refuse(WidgetError.of("Unable to open modal at this time"));
  }

  private void need(Feature feature) throws RequestRefusedException {
    if (!session.grants().has(feature)) {
      throw RequestRefusedException.missingCapability();
    }
  }
}
