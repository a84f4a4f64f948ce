package io.matrixrtc.benchmarks.widget;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.widget.relay.RelayBuffer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.List;
import java.util.Optional;

/**
 * A page with a widget, as the bridge sees it: negotiates its capabilities, and acknowledges frames
 * as {@code host.js} does. On the client's event loop alone.
 */
final class BenchPage {
  static final String WIDGET_ID = "bench";
  private static final String NUMBER = "{\"n\":"; // how numbered frames begin
  private static final String ACK = "\"ack\":"; // and go on
  private static final String NOTICE = "notify_capabilities";

  private final Vertx vertx;
  private final WebSocket socket;
  private final List<String> wanted;
  private final boolean echo;
  private final Promise<BenchPage> negotiated = Promise.promise();
  private Runnable onMessage = () -> {};
  private final RelayBuffer relay = new RelayBuffer(4_096, Long.MAX_VALUE);
  private boolean acknowledges;

  private BenchPage(Vertx vertx, WebSocket socket, List<String> wanted, boolean echo) {
    this.vertx = vertx;
    this.socket = socket;
    this.wanted = wanted;
    this.echo = echo;
  }

  /** Connects, and negotiates if that is the bridge. */
  static Future<BenchPage> open(
      Vertx vertx, WebSocketClient client, BenchServer server, List<String> wanted) {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(server.port())
            .setURI("/relay")
            .putHeader("Origin", server.origin());
    return client
        .connect(options)
        .compose(
            socket -> {
              Optional<String> link = server.link();
              BenchPage page = new BenchPage(vertx, socket, wanted, link.isEmpty());
              socket.textMessageHandler(page::onText);
              if (link.isEmpty()) {
                return Future.succeededFuture(page);
              }
              socket.writeTextMessage(
                  Json.newObject().put("t", "hello").put("link", link.get()).toString());
              return page.negotiated.future();
            });
  }

  /** From now on each message for the widget, or echo, runs {@code task}. */
  void eachMessage(Runnable task) {
    onMessage = task;
  }

  private void onText(String text) {
    if (echo) {
      relay.acknowledge(Long.parseLong(text, NUMBER.length(), text.indexOf(','), 10)); // our own
      onMessage.run();
      return;
    }
    boolean isMessage = text.contains("\"t\":\"msg\"");
    if (text.startsWith(NUMBER)) {
      numbered(text);
    }
    if (negotiated.future().isComplete()) {
      if (isMessage) {
        onMessage.run();
      }
    } else {
      try {
        negotiate(Json.parseObject(text), isMessage);
      } catch (MalformedJsonException e) {
        negotiated.tryFail(e);
      }
    }
  }

  /** Whole frames are not read under load: the measured side is the bridge. */
  private void numbered(String text) {
    int comma = text.indexOf(',');
    relay.receive(Long.parseLong(text, NUMBER.length(), comma, 10), text.length());
    int seen = comma + 1 + ACK.length();
    relay.acknowledge(Long.parseLong(text, seen, text.indexOf(',', seen), 10));
    if (relay.owesAcknowledgementNow()) {
      socket.writeTextMessage(relay.acknowledgement());
    } else if (!acknowledges) {
      acknowledges = true;
      vertx.setTimer(RelayBuffer.ACK_DELAY.toMillis(), timer -> acknowledge());
    }
  }

  private void acknowledge() {
    acknowledges = false;
    if (relay.owesAcknowledgement() && !socket.isClosed()) {
      socket.writeTextMessage(relay.acknowledgement());
    }
  }

  private void negotiate(ObjectNode frame, boolean isMessage) throws MalformedJsonException {
    if (frame.path("t").asText().equals("welcome")) {
      frame("{\"t\":\"load\"}");
      post("loaded", "content_loaded");
    } else if (frame.path("t").asText().equals("refused")) {
      negotiated.tryFail(frame.path("reason").asText());
    } else if (isMessage) {
      ObjectNode message = Json.parseObject(frame.path("text").asText());
      if (message.has("response")) {
        return;
      }
      ObjectNode response = Json.newObject();
      String action = message.path("action").asText();
      if (action.equals("capabilities")) {
        ArrayNode capabilities = response.putArray("capabilities");
        wanted.forEach(capabilities::add);
      } else if (action.equals("supported_api_versions")) {
        response.putArray("supported_versions").add("org.matrix.msc2871");
      }
      message.set("response", response);
      text(message.toString());
      if (action.equals(NOTICE)) {
        negotiated.tryComplete(this);
      }
    }
  }

  /** Posts a request of the widget. */
  void post(String requestId, String action) {
    text(
        "{\"api\":\"fromWidget\",\"widgetId\":\""
            + WIDGET_ID
            + "\",\"requestId\":\""
            + requestId
            + "\",\"action\":\""
            + action
            + "\",\"data\":{}}");
  }

  private void text(String message) {
    frame(
        "{\"t\":\"msg\",\"origin\":\""
            + BenchServer.WIDGET
            + "\",\"source\":true,\"text\":\""
            + message.replace("\\", "\\\\").replace("\"", "\\\"")
            + "\"}");
  }

  private void frame(String payload) {
    socket.writeTextMessage(relay.text(relay.add(payload)));
  }

  void close() {
    socket.close();
  }
}
