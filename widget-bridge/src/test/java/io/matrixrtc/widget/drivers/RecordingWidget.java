package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.client.WidgetListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a host handed to a widget. */
final class RecordingWidget implements WidgetListener {
  final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  final List<ObjectNode> events = new CopyOnWriteArrayList<>();
  final List<ObjectNode> state = new CopyOnWriteArrayList<>();
  final List<ToDevice> toDevice = new CopyOnWriteArrayList<>();
  final List<WidgetAction> requests = new CopyOnWriteArrayList<>();

  record ToDevice(String type, String sender, boolean encrypted, ObjectNode content) {}

  @Override
  public void onReady() {
    ready.complete(true);
  }

  @Override
  public void onRoomEvent(ObjectNode event) {
    events.add(event);
  }

  @Override
  public void onState(List<ObjectNode> entries) {
    state.addAll(entries);
  }

  @Override
  public void onToDevice(String type, String sender, boolean encrypted, ObjectNode content) {
    toDevice.add(new ToDevice(type, sender, encrypted, content));
  }

  @Override
  public Optional<ObjectNode> onRequest(WidgetAction action, ObjectNode data) {
    requests.add(action);
    return Optional.of(Json.newObject());
  }

  /** Whether there is an entry of this type and key. */
  boolean hasState(String type, String stateKey) {
    return state.stream()
        .anyMatch(
            event ->
                event.path("type").asText().equals(type)
                    && event.path("state_key").asText().equals(stateKey));
  }

  /** The room events of a type. */
  List<ObjectNode> events(String type) {
    return events.stream().filter(event -> event.path("type").asText().equals(type)).toList();
  }
}
