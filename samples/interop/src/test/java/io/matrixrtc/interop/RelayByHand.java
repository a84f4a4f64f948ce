package io.matrixrtc.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocketFrame;
import com.microsoft.playwright.WebSocketRoute;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The server's end of a host page's relay, of which each step is a test's own. */
final class RelayByHand {
  /** Longest message. */
  static final int MAX_CHARS = 1 << 20;

  private static final int NO_CODE = 1005;

  private final List<WebSocketRoute> open = new ArrayList<>();
  private final Set<String> requests = new HashSet<>();
  private final List<JsonNode> frames = new ArrayList<>();
  private final ObjectNode welcome;
  private int sent;
  private int loads;
  private int closeCode;
  private boolean offline;

  /**
   * @param origin of the widget
   */
  RelayByHand(Page page, String origin, String url) {
    welcome =
        Json.newObject()
            .put("t", "welcome")
            .put("session", "a session")
            .put("origin", origin)
            .put("url", url)
            .put("max", MAX_CHARS)
            .put("seen", 0);
    page.routeWebSocket("**/relay", this::accept);
  }

  private void accept(WebSocketRoute relay) {
    if (offline) {
      relay.close();
    } else {
      open.add(relay);
      relay.onMessage(this::receive);
      relay.onClose((code, reason) -> closeCode = code == null ? NO_CODE : code);
    }
  }

  private void receive(WebSocketFrame raw) {
    JsonNode frame = read(raw.text());
    frames.add(frame);
    if (frame.path("t").asText().equals("hello")) {
      relay().send(welcome.toString());
    } else if (frame.path("t").asText().equals("load")) {
      loads++;
    } else if (frame.path("t").asText().equals("msg")) {
      requests.add(read(frame.path("text").asText()).path("requestId").asText());
    }
  }

  private static JsonNode read(String text) {
    try {
      return Json.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private WebSocketRoute relay() {
    return open.get(open.size() - 1);
  }

  /** How many documents of the widget have loaded. */
  int loads() {
    return loads;
  }

  /** Whether the widget has asked this. */
  boolean has(String requestId) {
    return requests.contains(requestId);
  }

  /** By which code the page has closed its connection; 0 if it has not. */
  int closeCode() {
    return closeCode;
  }

  /** The texts of messages of the widget. */
  List<String> messages() {
    return ofKind("msg").stream().map(frame -> frame.path("text").asText()).toList();
  }

  /** Frames of the page. */
  List<JsonNode> ofKind(String kind) {
    return frames.stream().filter(frame -> frame.path("t").asText().equals(kind)).toList();
  }

  /** The host asks the widget. */
  void push(String action, String requestId) {
    push(action, requestId, "{}");
  }

  /** The host asks the widget, with data. */
  void push(String action, String requestId, String data) {
    post(message("toWidget", action, requestId, data));
  }

  /** The host answers the widget. */
  void answer(String action, String requestId) {
    answer(action, requestId, "{}", "{}");
  }

  /** The host answers what the widget asked with {@code data}. */
  void answer(String action, String requestId, String data, String response) {
    ObjectNode answer = message("fromWidget", action, requestId, data);
    answer.set("response", read(response));
    post(answer);
  }

  private static ObjectNode message(
      String direction, String action, String requestId, String data) {
    ObjectNode message =
        Json.newObject()
            .put("api", direction)
            .put("widgetId", "widget")
            .put("requestId", requestId)
            .put("action", action);
    message.set("data", read(data));
    return message;
  }

  private void post(ObjectNode message) {
    tell(Json.newObject().put("t", "msg").put("text", message.toString()));
  }

  /** The host tells the page something, once. */
  void tell(ObjectNode frame) {
    sent++;
    relay().send(frame.put("n", sent).toString());
  }

  /** The server has all that came in so far, and says so. */
  void acknowledge() {
    long last = frames.stream().mapToLong(frame -> frame.path("n").asLong()).max().orElse(0);
    welcome.put("seen", last);
    show("{\"t\":\"ack\",\"n\":" + last + "}");
  }

  /** Cuts the connection, and takes no other until {@link #reconnect}. */
  void cut() {
    offline = true;
    relay().close();
  }

  void reconnect() {
    offline = false;
  }

  /** What the page is to show until there is something newer of its kind. */
  void show(String frame) {
    relay().send(frame);
  }
}
