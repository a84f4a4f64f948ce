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

  /** By this code a page closes its connection that has ended the session itself (PAGE-END). */
  private static final int FAREWELL = 4000;

  private final String id;
  private final BridgeSettings settings;
  private final SerialScheduler scheduler;
  private RelayBuffer buffer;
  private SerialScheduler.@Nullable Timer acknowledgement;
  private final HostPage page;
  private final Map<String, String> standing = new TreeMap<>();
  private Optional<WidgetSessions.Opened> opened = Optional.empty();
  private Optional<Link> connection = Optional.empty();
  private long written; // the last number that went out on the connection
  private boolean behind; // later ones wait for it to have room
  private boolean standingIsDue;
  private int unsettled; // restarts that the host has not worked off

  /** One connection to the page. */
  interface Link {
    void send(String text);

    /** Whether the page reads more slowly than we write: nothing more is sent until it is ready. */
    boolean isFull();
  }

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
   * no answer will come. The load event of its new iframe follows (RELAY-RELOAD). What the host
   * posts before it knows is for nobody: the new iframe would take it for its own.
   */
  void restart() {
    disconnect();
    buffer = newBuffer();
    page.close();
    host()
        .ifPresent(
            host -> {
              unsettled++;
              host.onPageGone();
              host.settled().thenRun(() -> scheduler.execute(() -> unsettled--));
            });
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
  boolean connect(Link link, long seen) {
    if (!buffer.acknowledge(seen)) {
      return false;
    }
    connection = Optional.of(link);
    written = seen;
    behind = true;
    standingIsDue = true;
    ObjectNode welcome = Json.newObject().put("t", "welcome").put("session", id);
    welcome.put("seen", buffer.tellReceived());
    welcome.put("url", widgetUrl().toString());
    welcome.put("origin", settings.widgetOrigin());
    welcome.put("max", settings.maxMessageChars() / 2); // escaped once more it must still fit
    link.send(welcome.toString());
    goOn(link);
    return true;
  }

  /** That connection has room: what had to wait goes out, as far as it has (RELAY-PRESSURE). */
  void goOn(Link link) {
    if (!isConnectedBy(link)) {
      return;
    }
    for (Numbered frame : buffer.unacknowledged()) {
      if (link.isFull()) {
        return;
      } else if (frame.number() > written) {
        write(link, frame);
      }
    }
    behind = false;
    if (standingIsDue && !link.isFull()) {
      standingIsDue = false;
      standing.values().forEach(link::send);
    }
    if (buffer.owesAcknowledgement()) { // it may have been due while there was no room
      acknowledge();
    }
  }

  private void write(Link link, Numbered frame) {
    written = frame.number();
    link.send(buffer.text(frame));
  }

  void disconnect() {
    connection = Optional.empty();
  }

  /** Whether that connection is the one in use, no newer one. */
  boolean isConnectedBy(Link link) {
    return connection.filter(current -> current == link).isPresent();
  }

  boolean isConnected() {
    return connection.isPresent();
  }

  HostPage page() {
    return page;
  }

  /** A message for the iframe; whether there was room for it. */
  boolean post(String text) {
    if (unsettled > 0) {
      return true;
    }
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
    connection.ifPresent(
        link -> {
          behind |= link.isFull();
          if (!behind) {
            write(link, frame);
          }
        });
    return true;
  }

  /** Something that the page shows until there is something newer of its kind. */
  void show(ObjectNode entry) {
    String text = entry.toString();
    standing.put(entry.path("t").asText(), text);
    standingIsDue |= connection.filter(Link::isFull).isPresent();
    connection.filter(link -> !link.isFull()).ifPresent(link -> link.send(text));
  }

  /**
   * A frame from the page; whether it was one. What an older connection still says is not heard: a
   * newer one may have begun to count anew (RELAY-NEWEST).
   */
  boolean receive(Link from, String text) {
    return !isConnectedBy(from) || receive(text);
  }

  private boolean receive(String text) {
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
    connection
        .filter(link -> !link.isFull())
        .ifPresent(link -> link.send(buffer.acknowledgement()));
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

  /** Whether a page that has closed its connection by this code, if any, will not come back. */
  static boolean isFarewell(@Nullable Short closeCode) {
    return closeCode != null && closeCode == FAREWELL;
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
    connection.ifPresent(link -> link.send(refusal(reason, settings)));
    disconnect();
    buffer = newBuffer(); // what waited for a page that does not read
    if (acknowledgement != null) {
      acknowledgement.cancel();
    }
    page.end();
    host().ifPresent(WidgetHost::close);
    opened = Optional.empty();
  }
}
