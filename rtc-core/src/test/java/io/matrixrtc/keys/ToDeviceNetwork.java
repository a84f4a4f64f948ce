package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SenderEvidence.Trust;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** An in-memory to-device network of devices that authenticate each other. */
public final class ToDeviceNetwork {
  /** One message, as it was sent. */
  public record Message(
      Instant at, DeviceAddress from, DeviceAddress to, String type, ObjectNode content) {}

  public final List<Message> sent = new ArrayList<>();

  /** What becomes of a message; by default it is sent. */
  public BiFunction<DeviceAddress, DeviceAddress, ToDeviceChannel.Outcome> outcome =
      (from, to) -> new ToDeviceChannel.Outcome.Sent();

  /** How long a message takes, and how long its confirmation takes. */
  public Supplier<Duration> latency = () -> Duration.ZERO;

  public Supplier<Duration> confirmation = () -> Duration.ZERO;

  /** Sees each message at the moment it is sent. */
  public Consumer<Message> observer = message -> {};

  public Trust trust = Trust.CROSS_SIGNED;

  private final VirtualTime time;

  private record Subscribed(String type, ToDeviceChannel.Listener listener) {}

  private final Map<DeviceAddress, List<Subscribed>> listeners = new LinkedHashMap<>();

  public ToDeviceNetwork(VirtualTime time) {
    this.time = time;
  }

  /** The channel of one device. */
  public ToDeviceChannel channel(DeviceAddress own) {
    return new ToDeviceChannel() {
      @Override
      public CompletionStage<Map<DeviceAddress, Outcome>> send(
          String eventType, ObjectNode content, Set<DeviceAddress> to) {
        Map<DeviceAddress, Outcome> outcomes = new LinkedHashMap<>();
        for (DeviceAddress device : to) {
          Outcome result = outcome.apply(own, device);
          outcomes.put(device, result);
          if (result instanceof Outcome.Sent) {
            Message message = new Message(time.now(), own, device, eventType, content.deepCopy());
            sent.add(message);
            observer.accept(message);
            after(
                latency.get(),
                () ->
                    deliver(new SenderEvidence.OlmDevice(own, trust), device, eventType, content));
          }
        }
        CompletableFuture<Map<DeviceAddress, Outcome>> answer = new CompletableFuture<>();
        after(confirmation.get(), () -> answer.complete(outcomes));
        return answer;
      }

      @Override
      public Subscription subscribe(String eventType, Listener listener) {
        Subscribed added = new Subscribed(eventType, listener);
        listeners.computeIfAbsent(own, device -> new ArrayList<>()).add(added);
        return () -> listeners.get(own).remove(added);
      }
    };
  }

  /** How many listen at a device to keys in the deployed format. */
  public int listeners(DeviceAddress device) {
    return to(device, EncryptionKeysContent.TYPE).size();
  }

  private List<ToDeviceChannel.Listener> to(DeviceAddress device, String type) {
    return listeners.getOrDefault(device, List.of()).stream()
        .filter(subscribed -> subscribed.type().equals(type))
        .map(Subscribed::listener)
        .toList();
  }

  public void deliver(SenderEvidence from, DeviceAddress to, ObjectNode content) {
    deliver(from, to, EncryptionKeysContent.TYPE, content);
  }

  public void deliver(SenderEvidence from, DeviceAddress to, String type, ObjectNode content) {
    to(to, type).forEach(listener -> listener.onEncrypted(from, content.deepCopy()));
  }

  public void deliverCleartext(String userId, DeviceAddress to, ObjectNode content) {
    to(to, EncryptionKeysContent.TYPE)
        .forEach(listener -> listener.onCleartext(userId, content.deepCopy()));
  }

  private void after(Duration delay, Runnable task) {
    if (delay.isZero()) {
      time.execute(task);
    } else {
      time.schedule(time.now().plus(delay), task);
    }
  }
}
