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
  private final List<WebSocketRoute> open = new ArrayList<>();
  private final Set<String> requests = new HashSet<>();
  private final ObjectNode welcome;
  private int sent;
  private int loads;

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
            .put("max", 1 << 20)
            .put("seen", 0);
    page.routeWebSocket("**/relay", this::accept);
  }

  private void accept(WebSocketRoute relay) {
    open.add(relay);
    relay.onMessage(this::receive);
  }

  private void receive(WebSocketFrame raw) {
    JsonNode frame = read(raw.text());
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

  /** The host asks the widget. */
  void push(String action, String requestId) {
    post(message("toWidget", action, requestId));
  }

  /** The host answers the widget. */
  void answer(String action, String requestId) {
    ObjectNode answer = message("fromWidget", action, requestId);
    answer.putObject("response");
    post(answer);
  }

  private static ObjectNode message(String direction, String action, String requestId) {
    ObjectNode message =
        Json.newObject()
            .put("api", direction)
            .put("widgetId", "widget")
            .put("requestId", requestId)
            .put("action", action);
    message.putObject("data");
    return message;
  }

  private void post(ObjectNode message) {
    sent++;
    ObjectNode frame = Json.newObject().put("t", "msg").put("n", sent);
    relay().send(frame.put("text", message.toString()).toString());
  }
}
