package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * To-device messages over an account's Olm channel, which applies its trust policy: a device that
 * does not meet it is given nothing (TODEV-TRUST). Devices that get the same content share one
 * send. Cleartext is never sent: each device is reported as refused (TODEV-OLM).
 */
public final class ChannelToDeviceDriver implements ToDeviceDriver {
  private final ToDeviceChannel channel;
  private final Function<Set<String>, CompletionStage<DriverResult<Map<String, Set<String>>>>>
      devices;

  /**
   * @param devices the device ids of users, fetched if need be, or why they cannot be had
   */
  public ChannelToDeviceDriver(
      ToDeviceChannel channel,
      Function<Set<String>, CompletionStage<DriverResult<Map<String, Set<String>>>>> devices) {
    this.channel = channel;
    this.devices = devices;
  }

  @Override
  public CompletionStage<DriverResult<Map<String, Set<String>>>> devices(ListDevices query) {
    return devices.apply(query.userIds());
  }

  @Override
  public CompletionStage<DriverResult<Map<DeviceAddress, Outcome>>> send(Send messages) {
    Map<DeviceAddress, Outcome> outcomes = new LinkedHashMap<>();
    if (!messages.encrypted()) {
      messages
          .contents()
          .keySet()
          .forEach(to -> outcomes.put(to, new Outcome.Refused("cleartext is not sent")));
      return CompletableFuture.completedFuture(DriverResult.done(outcomes));
    }
    Map<ObjectNode, Set<DeviceAddress>> groups = new LinkedHashMap<>();
    messages
        .contents()
        .forEach(
            (to, content) ->
                groups.computeIfAbsent(content, same -> new LinkedHashSet<>()).add(to));
    List<CompletableFuture<Map<DeviceAddress, Outcome>>> sends = new ArrayList<>();
    groups.forEach(
        (content, to) ->
            sends.add(channel.send(messages.type(), content, to).toCompletableFuture()));
    return CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              sends.forEach(send -> outcomes.putAll(send.join()));
              return DriverResult.done(outcomes);
            });
  }
}
