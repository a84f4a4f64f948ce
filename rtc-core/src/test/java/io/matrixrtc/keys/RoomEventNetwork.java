package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SenderEvidence.Trust;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The events of one encrypted room in memory: every device that listens reads all of them. */
final class RoomEventNetwork {
  /** An event, and the room key that it was encrypted with, counted for its device. */
  record Event(String id, DeviceAddress from, String type, ObjectNode content, int roomKey) {}

  final List<Event> events = new ArrayList<>();
  final List<String> redacted = new ArrayList<>();

  /** Instead of success, by device that sends. */
  Function<DeviceAddress, RoomEventChannel.Outcome> refusal = device -> null;

  /** What became of the room key for some devices; the others have it. */
  final Map<DeviceAddress, ToDeviceChannel.Outcome> shares = new HashMap<>();

  Trust trust = Trust.CROSS_SIGNED;

  /** What the server says when it took the next events. */
  Instant takenAt = Instant.ofEpochMilli(1_770_000_000_500L);

  /** Whether answers wait for {@link #answerAll}. */
  boolean slow;

  private final Map<DeviceAddress, List<RoomEventChannel.Listener>> listeners =
      new LinkedHashMap<>();
  private final Map<DeviceAddress, Integer> roomKeys = new HashMap<>();
  private final List<Runnable> answers = new ArrayList<>();

  RoomEventChannel channel(DeviceAddress own) {
    listeners.put(own, new ArrayList<>());
    return new RoomEventChannel() {
      @Override
      public CompletionStage<Outcome> send(String eventType, ObjectNode content) {
        RoomEventChannel.Outcome no = refusal.apply(own);
        if (no != null) {
          return CompletableFuture.completedFuture(no);
        }
        Event event =
            new Event(
                "$" + events.size(),
                own,
                eventType,
                content.deepCopy(),
                roomKeys.getOrDefault(own, 0));
        events.add(event);
        deliver(new SenderEvidence.OlmDevice(own, trust), content);
        Map<DeviceAddress, ToDeviceChannel.Outcome> devices = new LinkedHashMap<>();
        listeners.keySet().forEach(to -> devices.put(to, new ToDeviceChannel.Outcome.Sent()));
        devices.putAll(shares);
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        Runnable done = () -> answer.complete(new Outcome.Sent(event.id(), devices));
        if (slow) {
          answers.add(done);
        } else {
          done.run();
        }
        return answer;
      }

      @Override
      public void redact(String eventId, String reason) {
        redacted.add(eventId);
      }

      @Override
      public void discardRoomKey() {
        roomKeys.merge(own, 1, Integer::sum);
      }

      @Override
      public Subscription subscribe(String eventType, Listener listener) {
        listeners.getOrDefault(own, new ArrayList<>()).add(listener);
        return () -> listeners.getOrDefault(own, new ArrayList<>()).remove(listener);
      }
    };
  }

  void answerAll() {
    List<Runnable> all = List.copyOf(answers);
    answers.clear();
    all.forEach(Runnable::run);
  }

  int listeners(DeviceAddress device) {
    return listeners.getOrDefault(device, List.of()).size();
  }

  /** To everyone, the sender too, as rooms do. */
  void deliver(SenderEvidence from, ObjectNode content) {
    all().forEach(listener -> listener.onEncrypted(from, content.deepCopy(), takenAt));
  }

  void deliverCleartext(String userId, ObjectNode content) {
    all().forEach(listener -> listener.onCleartext(userId, content.deepCopy()));
  }

  private List<RoomEventChannel.Listener> all() {
    return listeners.values().stream().flatMap(List::stream).toList();
  }
}
