package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.WidgetAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The app's listener, and channels that want the to-device messages, too. */
final class Listeners implements WidgetListener {
  private final WidgetListener app;
  private final List<WidgetToDeviceChannel> channels = new ArrayList<>();

  Listeners(WidgetListener app) {
    this.app = app;
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
    app.onReady();
  }

  @Override
  public void onRoomEvent(ObjectNode event) {
    app.onRoomEvent(event);
  }

  @Override
  public void onState(List<ObjectNode> entries) {
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
