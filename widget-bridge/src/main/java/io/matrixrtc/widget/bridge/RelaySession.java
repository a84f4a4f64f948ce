package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.widget.bridge.RelayBuffer.Incoming;
import io.matrixrtc.widget.bridge.RelayBuffer.Numbered;
import io.matrixrtc.widget.host.FrameMessage;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One page's relay: frames of JSON text between page and host, over one connection after another.
 * Confined to one thread.
 *
 * <p>From the page: {@code msg} (number, origin, source, text), {@code load} (number) and {@code
 * ack} (number). To the page: {@code msg} (number, text) and {@code ack}.
 */
final class RelaySession {
  private final String id;
  private final BridgeSettings settings;
  private final RelayBuffer buffer;
  private Optional<WidgetSessions.Opened> opened = Optional.empty();
  private Optional<Consumer<String>> connection = Optional.empty();

  RelaySession(String id, BridgeSettings settings) {
    this.id = id;
    this.settings = settings;
    this.buffer = new RelayBuffer(settings.maxUnacknowledged(), settings.maxUnacknowledgedChars());
  }

  String id() {
    return id;
  }

  void open(WidgetSessions.Opened session) {
    opened = Optional.of(session);
  }

  Optional<WidgetHost> host() {
    return opened.map(WidgetSessions.Opened::host);
  }

  URI widgetUrl() {
    return opened.orElseThrow().widgetUrl();
  }

  /**
   * A connection of the page that has seen our messages up to {@code seen}; the rest is sent again
   * (RELAY-RESUME).
   *
   * @return whether the page can have seen that
   */
  boolean connect(Consumer<String> send, long seen) {
    if (!buffer.acknowledge(seen)) {
      return false;
    }
    connection = Optional.of(send);
    ObjectNode welcome = Json.newObject().put("t", "welcome").put("session", id);
    welcome.put("seen", buffer.lastReceived());
    welcome.put("url", widgetUrl().toString());
    welcome.put("origin", settings.widgetOrigin());
    welcome.put("max", settings.maxMessageChars() / 2); // escaped once more it must still fit
    send.accept(welcome.toString());
    buffer.unacknowledged().forEach(frame -> send.accept(text(frame)));
    return true;
  }

  void disconnect() {
    connection = Optional.empty();
  }

  /** Whether that connection is the one in use, no newer one. */
  boolean isConnectedBy(Consumer<String> send) {
    return connection.filter(current -> current == send).isPresent();
  }

  /** A message for the iframe; whether there was room for it. */
  boolean post(String payload) {
    if (!buffer.hasRoomFor(payload)) { // RELAY-BOUND
      return false;
    }
    Numbered frame = buffer.add(payload);
    connection.ifPresent(send -> send.accept(text(frame)));
    return true;
  }

  private static String text(Numbered frame) {
    return Json.newObject()
        .put("t", "msg")
        .put("n", frame.number())
        .put("text", frame.payload())
        .toString();
  }

  /** A frame from the page; whether it was one. */
  boolean receive(String text) {
    ObjectNode frame;
    try {
      frame = Json.parseObject(text);
    } catch (MalformedJsonException e) {
      return false;
    }
    if (!frame.path("n").canConvertToLong() || !frame.path("n").isIntegralNumber()) {
      return false;
    }
    long number = frame.get("n").longValue();
    String kind = frame.path("t").asText();
    if (kind.equals("ack")) {
      return buffer.acknowledge(number);
    }
    boolean isLoad = kind.equals("load");
    if (!isLoad && !kind.equals("msg")) {
      return false;
    }
    Incoming incoming = buffer.receive(number);
    if (incoming == Incoming.GAP) {
      return false;
    }
    acknowledge();
    if (incoming == Incoming.NEW) {
      host()
          .ifPresent(
              host -> {
                if (isLoad) {
                  host.onFrameLoaded();
                } else {
                  host.onMessage(
                      new FrameMessage(
                          frame.path("origin").asText(),
                          frame.path("source").isBoolean() && frame.get("source").booleanValue(),
                          frame.path("text").asText()));
                }
              });
    }
    return true;
  }

  private void acknowledge() {
    String ack = Json.newObject().put("t", "ack").put("n", buffer.lastReceived()).toString();
    connection.ifPresent(send -> send.accept(ack));
  }

  void close() {
    disconnect();
    host().ifPresent(WidgetHost::close);
    opened = Optional.empty();
  }
}
