package io.matrixrtc.examples;

import static io.matrixrtc.examples.ExampleUser.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.WidgetBridge;
import io.matrixrtc.widget.drivers.AccountFeed;
import io.matrixrtc.widget.drivers.WidgetAccount;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostElementCallTest {
  private static final URI ELEMENT_CALL = URI.create("https://call.example.org/index.html");

  @Test
  void theAppsRouterHasAPageWhoseLinkOpensElementCallInTheRoom() throws Exception {
    Vertx vertx = Vertx.vertx();
    AccountFeed feed = new AccountFeed();
    HttpClient http = HttpClient.newHttpClient();
    try (EmbeddedServer homeserver = EmbeddedServer.start(0);
        ExampleUser alice = ExampleUser.register("alice", homeserver.baseUrl(), feed);
        WidgetAccount account = new WidgetAccount(alice.client(), feed, http, Optional.empty())) {
      String room = alice.createRoom();
      Router router = Router.router(vertx);
      HttpServer server =
          get(
              vertx
                  .createHttpServer(BridgeSettings.usualServerOptions())
                  .requestHandler(router)
                  .listen(0, "127.0.0.1")
                  .toCompletionStage());
      String origin = "http://127.0.0.1:" + server.actualPort();
      WidgetBridge bridge =
          HostElementCall.mount(
              vertx, router, account, URI.create(origin + "/calls"), ELEMENT_CALL);
      router.get("/own").handler(request -> request.response().end("the app's own"));

      assertThat(body(http, origin + "/own")).isEqualTo("the app's own");
      String link = bridge.link(room, Duration.ofMinutes(1));
      assertThat(body(http, link.substring(0, link.indexOf('#')))).contains("host.js");
      WebSocketClient sockets = vertx.createWebSocketClient();
      assertThat(hello(sockets, server, origin, link).path("t").asText()).isEqualTo("welcome");
      ObjectNode again = hello(sockets, server, origin, link);
      assertThat(again.path("t").asText()).as("a link is good once").isEqualTo("refused");
      String other = bridge.link(room, Duration.ofMinutes(1));
      assertThat(hello(sockets, server, origin, other).path("url").asText())
          .startsWith(ELEMENT_CALL + "#?")
          .contains("roomId=" + room.replace(":", "%3A"));
      get(bridge.drain().toCompletionStage());
    } finally {
      get(vertx.close().toCompletionStage());
    }
  }

  private static String body(HttpClient http, String url) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  /** Opens a session as the page does, and returns the first answer. */
  private static ObjectNode hello(
      WebSocketClient sockets, HttpServer server, String origin, String link) throws Exception {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(server.actualPort())
            .setURI("/calls/relay")
            .putHeader("Origin", origin);
    WebSocket socket = get(sockets.connect(options).toCompletionStage());
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    socket.textMessageHandler(got::add);
    ObjectNode hello = Json.newObject().put("t", "hello");
    socket.writeTextMessage(hello.put("link", link.substring(link.indexOf('#') + 1)).toString());
    String text = got.poll(30, TimeUnit.SECONDS);
    assertThat(text).isNotNull();
    return Json.parseObject(text);
  }
}
