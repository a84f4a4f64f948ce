package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.bridge.RelayBuffer.Incoming;
import io.matrixrtc.widget.bridge.RelayBuffer.Numbered;
import io.matrixrtc.widget.host.FrameMessage;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One page's relay: frames of JSON text between page and host, over one connection after another.
 * Confined to one thread.
 *
 * <p>From the page, numbered: {@code msg} (origin, source, text), {@code load}, {@code answer} (to
 * a question: id, allow), {@code theme} (dark), {@code hangup}. To the page, numbered: {@code msg}
 * (text), {@code ask}, {@code granted}, {@code event}. Both ways: {@code ack}.
 */
final class RelaySession {
  private static final Set<String> FROM_PAGE =
      Set.of("msg", "load", "answer", "theme", "hangup", "backup");

  private final String id;
  private final BridgeSettings settings;
  private RelayBuffer buffer;
  private final HostPage page;
  private final Map<String, String> standing = new TreeMap<>();
  private Optional<WidgetSessions.Opened> opened = Optional.empty();
  private Optional<Consumer<String>> connection = Optional.empty();

  /**
   * @param page told of the user's answers
   */
  RelaySession(String id, BridgeSettings settings, HostPage page) {
    this.id = id;
    this.page = page;
    this.settings = settings;
    this.buffer = newBuffer();
  }

  private RelayBuffer newBuffer() {
    return new RelayBuffer(settings.maxUnacknowledged(), settings.maxUnacknowledgedChars());
  }

  /**
   * The user has reloaded the page: nothing on its way to or from the old one counts any more, and
   * no answer will come. The load event of its new iframe follows (RELAY-RELOAD).
   */
  void restart() {
    disconnect();
    buffer = newBuffer();
    page.close();
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
    standing.values().forEach(send);
    return true;
  }

  void disconnect() {
    connection = Optional.empty();
  }

  /** Whether that connection is the one in use, no newer one. */
  boolean isConnectedBy(Consumer<String> send) {
    return connection.filter(current -> current == send).isPresent();
  }

  HostPage page() {
    return page;
  }

  /** A message for the iframe; whether there was room for it. */
  boolean post(String text) {
    return put(Json.newObject().put("t", "msg").put("text", text));
  }

  /** Something for the page itself; whether there was room for it. */
  boolean put(ObjectNode entry) {
    String payload = entry.toString();
    if (!buffer.hasRoomFor(payload)) { // RELAY-BOUND
      return false;
    }
    Numbered frame = buffer.add(payload);
    connection.ifPresent(send -> send.accept(text(frame)));
    return true;
  }

  /** Something that the page shows until there is something newer of its kind. */
  void show(ObjectNode entry) {
    String text = entry.toString();
    standing.put(entry.path("t").asText(), text);
    connection.ifPresent(send -> send.accept(text));
  }

  /** The payload, an object with members, and its number. */
  private static String text(Numbered frame) {
    return "{\"n\":" + frame.number() + "," + frame.payload().substring(1);
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
    if (!FROM_PAGE.contains(kind)) {
      return false;
    }
    Incoming incoming = buffer.receive(number);
    if (incoming == Incoming.GAP) {
      return false;
    }
    acknowledge();
    if (incoming == Incoming.NEW) {
      take(kind, frame);
    }
    return true;
  }

  private void take(String kind, ObjectNode frame) {
    if (kind.equals("answer")) {
      page.onAnswer(frame);
    } else if (kind.equals("backup")) {
      page.onBackup(frame);
    } else {
      host().ifPresent(host -> tell(host, kind, frame));
    }
  }

  private static void tell(WidgetHost host, String kind, ObjectNode frame) {
    switch (kind) {
      case "load" -> host.onFrameLoaded();
      case "theme" ->
          host.request(
              WidgetAction.THEME_CHANGE,
              Json.newObject().put("name", frame.path("dark").asBoolean() ? "dark" : "light"));
      case "hangup" -> host.request(WidgetAction.CALL_HANGUP, Json.newObject());
      default ->
          host.onMessage(
              new FrameMessage(
                  frame.path("origin").asText(),
                  frame.path("source").isBoolean() && frame.get("source").booleanValue(),
                  frame.path("text").asText()));
    }
  }

  private void acknowledge() {
    String ack = Json.newObject().put("t", "ack").put("n", buffer.lastReceived()).toString();
    connection.ifPresent(send -> send.accept(ack));
  }

  /** PAGE-TOLD: the page hears why, and blanks the iframe. */
  void close(String reason) {
    connection.ifPresent(
        send -> send.accept(Json.newObject().put("t", "refused").put("reason", reason).toString()));
    disconnect();
    page.end();
    host().ifPresent(WidgetHost::close);
    opened = Optional.empty();
  }
}
