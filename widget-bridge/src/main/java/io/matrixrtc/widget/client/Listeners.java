package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The app's listener, and before it the channels and calls that want to hear the same. */
final class Listeners implements WidgetListener {
  private final WidgetListener app;
  private final WidgetRooms rooms;
  private final InstantSource clock;
  private final List<WidgetToDeviceChannel> channels = new ArrayList<>();

  Listeners(WidgetListener app, WidgetRooms rooms, InstantSource clock) {
    this.app = app;
    this.rooms = rooms;
    this.clock = clock;
  }

  void add(WidgetToDeviceChannel channel) {
    channels.add(channel);
  }

  @Override
  public void onCapabilities(CapabilitySet approved) {
    app.onCapabilities(approved);
  }

  @Override
  public void onReady() {
    rooms.onReady(clock.instant());
    app.onReady();
  }

  @Override
  public void onRoomEvent(ObjectNode event) {
    rooms.onEvent(event, clock.instant());
    app.onRoomEvent(event);
  }

  @Override
  public void onState(List<ObjectNode> entries) {
    rooms.onState(entries);
    app.onState(entries);
  }

  @Override
  public void onToDevice(String type, String sender, boolean encrypted, ObjectNode content) {
    channels.forEach(channel -> channel.onToDevice(type, sender, encrypted, content));
    app.onToDevice(type, sender, encrypted, content);
  }

  @Override
  public Optional<ObjectNode> onRequest(WidgetAction action, ObjectNode data) {
    return app.onRequest(action, data);
  }
}
