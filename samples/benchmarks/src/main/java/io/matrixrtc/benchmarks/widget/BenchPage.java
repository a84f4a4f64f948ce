package io.matrixrtc.benchmarks.widget;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.List;
import java.util.Optional;

/**
 * A page with a widget, as the bridge sees it: negotiates its capabilities, and acknowledges every
 * frame. On the client's event loop alone.
 */
final class BenchPage {
  static final String WIDGET_ID = "bench";
  private static final String NOTICE = "notify_capabilities";

  private final WebSocket socket;
  private final List<String> wanted;
  private final boolean echo;
  private final Promise<BenchPage> negotiated = Promise.promise();
  private Runnable onMessage = () -> {};
  private long sent;

  private BenchPage(WebSocket socket, List<String> wanted, boolean echo) {
    this.socket = socket;
    this.wanted = wanted;
    this.echo = echo;
  }

  /** Connects, and negotiates if that is the bridge. */
  static Future<BenchPage> open(WebSocketClient client, BenchServer server, List<String> wanted) {
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
              BenchPage page = new BenchPage(socket, wanted, link.isEmpty());
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
      onMessage.run();
      return;
    }
    boolean isMessage = text.contains("\"t\":\"msg\"");
    if (text.startsWith("{\"n\":")) {
      String number = text.substring(5, text.indexOf(',', 5));
      socket.writeTextMessage("{\"t\":\"ack\",\"n\":" + number + "}");
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

  private void negotiate(ObjectNode frame, boolean isMessage) throws MalformedJsonException {
    if (frame.path("t").asText().equals("welcome")) {
      frame("{\"t\":\"load\"");
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
            + "\"");
  }

  private void frame(String open) {
    socket.writeTextMessage(open + ",\"n\":" + ++sent + "}");
  }

  void close() {
    socket.close();
  }
}
