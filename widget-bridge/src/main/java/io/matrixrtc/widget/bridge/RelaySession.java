package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.FrameMessage;
import io.matrixrtc.widget.host.WidgetHost;
import io.matrixrtc.widget.relay.RelayBuffer;
import io.matrixrtc.widget.relay.RelayBuffer.Incoming;
import io.matrixrtc.widget.relay.RelayBuffer.Numbered;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One page's relay: frames of JSON text between page and host, over one connection after another.
 * Confined to its scheduler.
 *
 * <p>From the page, numbered: {@code msg} (origin, source, text), {@code load}, {@code answer} (to
 * a question: id, allow), {@code theme} (dark), {@code hangup}, {@code backup}. To the page,
 * numbered: {@code msg} (text), {@code ask}, {@code granted}, {@code event}, {@code link} (url).
 * Each may say with {@code ack} what has come in; a frame {@code ack} both ways says nothing else
 * (RELAY-ACK).
 */
final class RelaySession {
  private static final Set<String> FROM_PAGE =
      Set.of("msg", "load", "answer", "theme", "hangup", "backup");

  private final String id;
  private final BridgeSettings settings;
  private final SerialScheduler scheduler;
  private RelayBuffer buffer;
  private SerialScheduler.@Nullable Timer acknowledgement;
  private final HostPage page;
  private final Map<String, String> standing = new TreeMap<>();
  private Optional<WidgetSessions.Opened> opened = Optional.empty();
  private Optional<Consumer<String>> connection = Optional.empty();

  /**
   * @param page told of the user's answers
   */
  RelaySession(String id, BridgeSettings settings, HostPage page, SerialScheduler scheduler) {
    this.id = id;
    this.page = page;
    this.settings = settings;
    this.scheduler = scheduler;
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
    welcome.put("seen", buffer.tellReceived());
    welcome.put("url", widgetUrl().toString());
    welcome.put("origin", settings.widgetOrigin());
    welcome.put("max", settings.maxMessageChars() / 2); // escaped once more it must still fit
    send.accept(welcome.toString());
    buffer.unacknowledged().forEach(frame -> send.accept(buffer.text(frame)));
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
    StringBuilder payload = new StringBuilder(text.length() * 5 / 4 + 32);
    payload.append("{\"t\":\"msg\",\"text\":\"");
    JsonStringEncoder.getInstance().quoteAsString(text, payload);
    return send(payload.append("\"}").toString());
  }

  /** Something for the page itself; whether there was room for it. */
  boolean put(ObjectNode entry) {
    return send(entry.toString());
  }

  private boolean send(String payload) {
    if (!buffer.hasRoomFor(payload)) { // RELAY-BOUND
      return false;
    }
    Numbered frame = buffer.add(payload);
    connection.ifPresent(send -> send.accept(buffer.text(frame)));
    return true;
  }

  /** Something that the page shows until there is something newer of its kind. */
  void show(ObjectNode entry) {
    String text = entry.toString();
    standing.put(entry.path("t").asText(), text);
    connection.ifPresent(send -> send.accept(text));
  }

  /** A frame from the page; whether it was one. */
  boolean receive(String text) {
    ObjectNode frame;
    try {
      frame = Json.parseObject(text);
    } catch (MalformedJsonException e) {
      return false;
    }
    JsonNode number = frame.path("n");
    if (!isNumber(number)) {
      return false;
    }
    String kind = frame.path("t").asText();
    if (kind.equals("ack")) {
      return buffer.acknowledge(number.longValue());
    }
    return FROM_PAGE.contains(kind)
        && hears(frame.path("ack"))
        && receive(number.longValue(), text.length(), kind, frame);
  }

  private static boolean isNumber(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong();
  }

  /** What the page has, if it says so; whether that can be. */
  private boolean hears(JsonNode seen) {
    return seen.isMissingNode() || (isNumber(seen) && buffer.acknowledge(seen.longValue()));
  }

  private boolean receive(long number, int length, String kind, ObjectNode frame) {
    Incoming incoming = buffer.receive(number, length);
    if (incoming == Incoming.NEW) {
      take(kind, frame);
    }
    if (buffer.owesAcknowledgementNow()) { // RELAY-ACK
      acknowledge();
    } else {
      scheduler.execute(this::acknowledgeLater); // a host that lives here has answered by then
    }
    return incoming != Incoming.GAP;
  }

  private void acknowledgeLater() {
    if (buffer.owesAcknowledgement() && acknowledgement == null) {
      acknowledgement =
          scheduler.schedule(scheduler.now().plus(RelayBuffer.ACK_DELAY), this::onDelay);
    }
  }

  /** Unless a frame has taken it along by now; a page that is away hears it when it is back. */
  private void onDelay() {
    acknowledgement = null;
    if (buffer.owesAcknowledgement()) {
      acknowledge();
    }
  }

  private void acknowledge() {
    connection.ifPresent(send -> send.accept(buffer.acknowledgement()));
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

  /** What a page is told that has no session, or none any more: why, and how to get a new one. */
  static String refusal(String reason, BridgeSettings settings) {
    return Json.newObject()
        .put("t", "refused")
        .put("reason", reason)
        .put("advice", settings.linkAdvice())
        .toString();
  }

  /** PAGE-TOLD: the page hears why, and blanks the iframe. */
  void close(String reason) {
    connection.ifPresent(send -> send.accept(refusal(reason, settings)));
    disconnect();
    if (acknowledgement != null) {
      acknowledgement.cancel();
    }
    page.end();
    host().ifPresent(WidgetHost::close);
    opened = Optional.empty();
  }
}
