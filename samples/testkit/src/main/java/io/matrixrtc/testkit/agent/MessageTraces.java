package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.RoomEventChannel;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.testkit.trace.RedactedJson;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes every message of a call that a client of ours sends into the trace, as it was meant and as
 * it went out: sits above the encryption and below it, and puts both halves together. Secrets are
 * fingerprints in both (TRACE-SECRET). Thread-safe.
 */
public final class MessageTraces {
  /**
   * Requests whose halves are remembered for a repetition; older ones show their sent form only.
   */
  static final int MAX_REMEMBERED = 256;

  static final Pattern TO_DEVICE = Pattern.compile(".*/sendToDevice/([^/]+)/([^/]+)");
  static final Pattern IN_ROOM =
      Pattern.compile(".*/rooms/[^/]+/(?:state|send)/(org\\.matrix\\.msc[^/]+|m\\.call[^/]*)/.*");
  static final Pattern ROOM_EVENT =
      Pattern.compile(".*/rooms/[^/]+/send/m\\.room\\.encrypted/([^/]+)");

  /** Stands for all of the room. */
  private static final DeviceAddress ROOM = new DeviceAddress("room", "room");

  private static final String ENCRYPTED = "m.room.encrypted";

  private final String self;
  private final Consumer<TraceEvent> trace;
  private final Map<DeviceAddress, Deque<Meant>> meant = new HashMap<>();
  private final Deque<Meant> meantForRoom = new ArrayDeque<>();
  private final Map<String, Map<DeviceAddress, Meant>> remembered =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<DeviceAddress, Meant>> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /** A message before its encryption. */
  private record Meant(String type, String content) {}

  /**
   * @param self identity of the device, {@code user:device}
   * @param trace takes {@link TraceEvent.MessageSent}; from any thread
   */
  public MessageTraces(String self, Consumer<TraceEvent> trace) {
    this.self = self;
    this.trace = trace;
  }

  /** {@code channel}, with what is sent through it noted. */
  public ToDeviceChannel above(ToDeviceChannel channel) {
    return new ToDeviceChannel() {
      @Override
      public CompletionStage<Map<DeviceAddress, ToDeviceChannel.Outcome>> send(
          String eventType, ObjectNode content, Set<DeviceAddress> to) {
        Meant message = new Meant(eventType, RedactedJson.text(content));
        mean(message, to);
        return channel
            .send(eventType, content, to)
            .whenComplete((outcomes, failure) -> forget(message, to));
      }

      @Override
      public ToDeviceChannel.Subscription subscribe(
          String eventType, ToDeviceChannel.Listener listener) {
        return channel.subscribe(eventType, listener);
      }
    };
  }

  /** {@code channel}, with what is sent through it noted. */
  public RoomEventChannel above(RoomEventChannel channel) {
    return new RoomEventChannel() {
      @Override
      public CompletionStage<RoomEventChannel.Outcome> send(String eventType, ObjectNode content) {
        Meant message = new Meant(eventType, RedactedJson.text(content));
        synchronized (MessageTraces.this) {
          meantForRoom.add(message);
        }
        return channel
            .send(eventType, content)
            .whenComplete(
                (outcome, failure) -> {
                  synchronized (MessageTraces.this) {
                    meantForRoom.removeFirstOccurrence(message);
                  }
                });
      }

      @Override
      public void redact(String eventId, String reason) {
        channel.redact(eventId, reason);
      }

      @Override
      public void discardRoomKey() {
        channel.discardRoomKey();
      }

      @Override
      public RoomEventChannel.Subscription subscribe(
          String eventType, RoomEventChannel.Listener listener) {
        return channel.subscribe(eventType, listener);
      }
    };
  }

  /** {@code transport}, with the call's messages noted as they leave. */
  public HttpTransport below(HttpTransport transport) {
    return new HttpTransport() {
      @Override
      public CompletionStage<HttpAnswer> send(HttpCall call) {
        CompletionStage<HttpAnswer> answer = transport.send(call);
        List<TraceEvent.MessageSent> messages = messages(call);
        if (!messages.isEmpty()) {
          // Not in the chain: whoever cancels the stage must reach the transport's own.
          answer.whenComplete((got, failure) -> messages.forEach(m -> record(m, got)));
        }
        return answer;
      }

      @Override
      public void close() {
        transport.close();
      }
    };
  }

  private void record(TraceEvent.MessageSent message, @Nullable HttpAnswer answer) {
    String outcome = answer == null ? "no answer" : String.valueOf(answer.status());
    trace.accept(message.withOutcome(outcome));
  }

  private synchronized void mean(Meant message, Set<DeviceAddress> to) {
    to.forEach(one -> meant.computeIfAbsent(one, key -> new ArrayDeque<>()).add(message));
  }

  private synchronized void forget(Meant message, Set<DeviceAddress> to) {
    for (DeviceAddress one : to) {
      Deque<Meant> waiting = meant.get(one);
      if (waiting != null) {
        waiting.removeFirstOccurrence(message);
        if (waiting.isEmpty()) {
          meant.remove(one);
        }
      }
    }
  }

  private List<TraceEvent.MessageSent> messages(HttpCall call) {
    String path = call.uri().getRawPath();
    Optional<JsonNode> body = call.body().flatMap(RedactedJson::parse);
    Matcher toDevice = TO_DEVICE.matcher(path);
    if (body.isPresent() && toDevice.matches()) {
      return toDevice(toDevice.group(1), toDevice.group(2), body.get());
    }
    Matcher roomEvent = ROOM_EVENT.matcher(path);
    if (body.isPresent() && roomEvent.matches()) {
      return inRoom(roomEvent.group(1), RedactedJson.text(body.get()));
    }
    Matcher inRoom = IN_ROOM.matcher(path);
    if (body.isPresent() && inRoom.matches()) {
      String content = RedactedJson.text(body.get());
      return List.of(
          new TraceEvent.MessageSent(self, "room", inRoom.group(1), content, content, ""));
    }
    return List.of();
  }

  /** An encrypted event of the room; what else than keys was meant is not known. */
  private synchronized List<TraceEvent.MessageSent> inRoom(String transaction, String sent) {
    Map<DeviceAddress, Meant> before = remembered.get(transaction);
    Meant half = before == null ? meantForRoom.poll() : before.get(ROOM);
    if (half == null) {
      return List.of(new TraceEvent.MessageSent(self, "room", ENCRYPTED, "", sent, ""));
    }
    remembered.put(transaction, Map.of(ROOM, half));
    return List.of(new TraceEvent.MessageSent(self, "room", half.type(), half.content(), sent, ""));
  }

  private synchronized List<TraceEvent.MessageSent> toDevice(
      String type, String transaction, JsonNode body) {
    List<TraceEvent.MessageSent> messages = new ArrayList<>();
    body.path("messages")
        .properties()
        .forEach(
            user ->
                user.getValue()
                    .properties()
                    .forEach(
                        device ->
                            messages.add(
                                message(
                                    type,
                                    transaction,
                                    user.getKey(),
                                    device.getKey(),
                                    device.getValue()))));
    return messages;
  }

  private TraceEvent.MessageSent message(
      String type, String transaction, String user, String device, JsonNode content) {
    String sent = RedactedJson.text(content);
    String to = user + ":" + device;
    if (!type.equals(ENCRYPTED) || user.isEmpty() || device.isEmpty()) {
      return new TraceEvent.MessageSent(self, to, type, sent, sent, "");
    }
    Meant half =
        remembered
            .computeIfAbsent(transaction, key -> new HashMap<>())
            .computeIfAbsent(new DeviceAddress(user, device), this::nextMeant);
    return new TraceEvent.MessageSent(self, to, half.type(), half.content(), sent, "");
  }

  /** The first message to a device that has not left yet: they leave in the order they came. */
  private Meant nextMeant(DeviceAddress to) {
    Deque<Meant> waiting = meant.get(to);
    Meant next = waiting == null ? null : waiting.poll();
    return next == null ? new Meant(ENCRYPTED, "") : next;
  }
}
