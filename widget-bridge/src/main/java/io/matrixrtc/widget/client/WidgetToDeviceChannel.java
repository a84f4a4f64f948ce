package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence.HostAttested;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.widget.api.WidgetAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Call keys through a widget host. Always asks for encryption. What arrives is the host's word
 * alone, {@link HostAttested}: no device is known (CLIENT-ATTEST).
 */
public final class WidgetToDeviceChannel implements ToDeviceChannel {
  private final WidgetClient client;
  private final Map<String, List<Listener>> listeners = new HashMap<>();

  WidgetToDeviceChannel(WidgetClient client) {
    this.client = client;
  }

  @Override
  public CompletionStage<Map<DeviceAddress, Outcome>> send(
      String eventType, ObjectNode content, Set<DeviceAddress> to) {
    ObjectNode data = Json.newObject().put("type", eventType).put("encrypted", true);
    ObjectNode messages = data.putObject("messages");
    for (DeviceAddress device : to) {
      messages.withObjectProperty(device.userId()).set(device.deviceId(), content.deepCopy());
    }
    Set<DeviceAddress> asked = Set.copyOf(to);
    return client
        .request(WidgetAction.SEND_TO_DEVICE, data)
        .thenApply(result -> outcomes(asked, result));
  }

  /** CLIENT-OUTCOMES. A host names devices that it did not reach, or {@code *} for a user. */
  private static Map<DeviceAddress, Outcome> outcomes(
      Set<DeviceAddress> asked, WidgetResult result) {
    Map<DeviceAddress, Outcome> outcomes = new LinkedHashMap<>();
    for (DeviceAddress device : asked) {
      outcomes.put(device, outcome(device, result));
    }
    return outcomes;
  }

  private static Outcome outcome(DeviceAddress device, WidgetResult result) {
    if (result instanceof WidgetResult.Answered answered) {
      return isFailure(device, answered.response())
          ? new Outcome.Failed("the host did not reach this device")
          : new Outcome.Sent();
    }
    if (result instanceof WidgetResult.Refused refused) {
      return new Outcome.Failed("the host refused: " + refused.error().message());
    }
    if (result instanceof WidgetResult.TimedOut) {
      return new Outcome.Failed("the host did not answer in time");
    }
    return new Outcome.Failed("the widget was closed");
  }

  private static boolean isFailure(DeviceAddress device, ObjectNode response) {
    for (JsonNode failed : response.path("failures").path(device.userId())) {
      if (failed.asText().equals(device.deviceId()) || failed.asText().equals("*")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Subscription subscribe(String eventType, Listener listener) {
    client
        .scheduler()
        .execute(
            () -> listeners.computeIfAbsent(eventType, type -> new ArrayList<>()).add(listener));
    return () ->
        client
            .scheduler()
            .execute(() -> listeners.getOrDefault(eventType, new ArrayList<>()).remove(listener));
  }

  void onToDevice(String type, String sender, boolean encrypted, ObjectNode content) {
    for (Listener listener : List.copyOf(listeners.getOrDefault(type, List.of()))) {
      if (encrypted && !sender.isEmpty()) {
        listener.onEncrypted(new HostAttested(sender), content.deepCopy());
      } else {
        listener.onCleartext(sender, content.deepCopy());
      }
    }
  }
}
