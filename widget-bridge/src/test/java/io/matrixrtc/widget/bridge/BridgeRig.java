package io.matrixrtc.widget.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.widget.host.FakeDriver;
import io.matrixrtc.widget.host.FakeRooms;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.ext.web.Router;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A bridge on a real socket, for two sessions at most, whose app knows the ticket {@code good}; a
 * page is played by a WebSocket client.
 */
final class BridgeRig implements AutoCloseable {
  static final String ROOM = "!room:example.org";
  static final String WIDGET = "https://widget.example.org";

  final Vertx vertx = Vertx.vertx();

  /** Held here: Vert.x closes a client, and its connections, once nobody refers to it. */
  private final WebSocketClient sockets =
      vertx.createWebSocketClient(
          new WebSocketClientOptions().setMaxMessageSize(1 << 20).setMaxFrameSize(1 << 20));

  final HttpClientAgent http = vertx.createHttpClient();
  final ScheduledExecutorService pool = Executors.newSingleThreadScheduledExecutor();
  final SignedLinks links = new SignedLinks(new byte[32]);
  final HttpServer server;
  final WidgetBridge bridge;
  private final FakeDriver driver = new FakeDriver();

  /** The app; a test may have another one. */
  volatile WidgetSessions sessions = this::open;

  @SuppressWarnings("NullAway.Init") // open sets it
  volatile HostPage lastPage;

  @SuppressWarnings("NullAway.Init") // open sets it
  volatile WidgetHost lastHost;

  BridgeRig() throws Exception {
    this(Duration.ofSeconds(30), InstantSource.system());
  }

  BridgeRig(Duration maxAbsence, InstantSource clock) throws Exception {
    Router router = Router.router(vertx);
    HttpServerOptions longFrames =
        new HttpServerOptions()
            .setMaxWebSocketMessageSize(400_000)
            .setMaxWebSocketFrameSize(400_000)
            .setWebSocketClosingTimeout(1);
    server = get(vertx.createHttpServer(longFrames).requestHandler(router).listen(0, "127.0.0.1"));
    BridgeSettings usual = BridgeSettings.of(URI.create(origin() + "/calls"), WIDGET);
    BridgeSettings settings =
        new BridgeSettings(
            usual.publicUrl(),
            WIDGET,
            2,
            100_000,
            usual.maxUnacknowledged(),
            usual.maxUnacknowledgedChars(),
            maxAbsence,
            usual.linkLifetime(),
            "Ask alice.");
    bridge =
        new WidgetBridge(
            vertx, settings, links, (ticket, page) -> sessions.open(ticket, page), clock);
    bridge.mount(router);
  }

  CompletionStage<Optional<WidgetSessions.Opened>> open(String ticket, HostPage page) {
    if (!ticket.equals("good")) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    lastPage = page;
    lastHost = host(page);
    return CompletableFuture.completedFuture(Optional.of(opened(lastHost)));
  }

  /** A host that the page's events go to. */
  WidgetHost host(HostPage page) {
    FakeRooms rooms = new FakeRooms();
    rooms.join(ROOM, "@alice:example.org");
    return new WidgetHost(
        HostedWidget.call("w", WIDGET, new DeviceAddress("@alice:example.org", "A"), ROOM),
        HostLimits.DEFAULT,
        rooms,
        driver,
        page.frame(),
        page.listener(),
        new PoolScheduler(pool, InstantSource.system()),
        new SecureRandom());
  }

  static WidgetSessions.Opened opened(WidgetHost host) {
    return new WidgetSessions.Opened(host, URI.create(WIDGET + "/index.html"));
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private String origin() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  String newLink(String ticket) {
    return fragment(bridge.link(ticket));
  }

  static String fragment(String page) {
    return page.substring(page.indexOf('#') + 1);
  }

  String body(int port, String path) throws Exception {
    return get(
        http.request(HttpMethod.GET, port, "127.0.0.1", path)
            .compose(request -> request.send())
            .compose(response -> response.body())
            .map(Object::toString));
  }

  /** A page that begins with this, or with nothing at all. */
  Page page(String hello) throws Exception {
    return page(hello, origin());
  }

  Page page(String hello, String origin) throws Exception {
    return new Page(hello, origin);
  }

  /** A page with a new link for the ticket {@code good}. */
  Page opened() throws Exception {
    return page("{'t':'hello','link':'" + newLink("good") + "'}");
  }

  /**
   * A page with a new link whose system has gone to sleep: it reads nothing and answers nothing,
   * and its connection stays.
   */
  Socket asleep() throws Exception {
    Socket socket = new Socket("127.0.0.1", server.actualPort());
    socket.setSoTimeout(30_000);
    String handshake =
        "GET /calls/relay HTTP/1.1\r\nHost: x\r\nOrigin: "
            + origin()
            + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    OutputStream out = socket.getOutputStream();
    out.write(handshake.getBytes(UTF_8));
    byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
    assertThat(status).asString(UTF_8).isEqualTo("HTTP/1.1 101");
    byte[] hello = ("{\"t\":\"hello\",\"link\":\"" + newLink("good") + "\"}").getBytes(UTF_8);
    assertThat(hello.length).as("in the one byte of a short frame").isLessThan(126);
    out.write(new byte[] {(byte) 0x81, (byte) (0x80 | hello.length), 0, 0, 0, 0}); // mask of zeros
    out.write(hello);
    return socket;
  }

  static String action(ObjectNode frame) throws Exception {
    return Json.parseObject(frame.path("text").asText()).path("action").asText();
  }

  @Override
  public void close() throws Exception {
    get(vertx.close());
    pool.shutdownNow();
  }

  /** A page: sends frames, gets frames. */
  final class Page {
    private final WebSocket socket;
    private final BlockingQueue<String> got = new LinkedBlockingQueue<>();
    final CompletableFuture<Boolean> closing = new CompletableFuture<>();

    private Page(String hello, String origin) throws Exception {
      WebSocketConnectOptions options =
          new WebSocketConnectOptions()
              .setHost("127.0.0.1")
              .setPort(server.actualPort())
              .setURI("/calls/relay")
              .putHeader("Origin", origin);
      socket = get(sockets.connect(options));
      socket.textMessageHandler(got::add);
      socket.closeHandler(closed -> closing.complete(true));
      if (!hello.isEmpty()) {
        send(hello);
      }
    }

    void send(String text) throws Exception {
      get(socket.writeTextMessage(text.replace('\'', '"')));
    }

    ObjectNode next() throws Exception {
      String text = got.poll(10, TimeUnit.SECONDS);
      assertThat(text).isNotNull();
      return Json.parseObject(text);
    }

    /** The next frame that is a message; what is for the page is skipped. */
    ObjectNode nextMessage() throws Exception {
      ObjectNode frame = next();
      while (Set.of("ack", "granted", "event").contains(frame.path("t").asText())) {
        frame = next();
      }
      assertThat(frame.path("t").asText()).isEqualTo("msg");
      return frame;
    }

    void post(long number, String action) throws Exception {
      ObjectNode message = Json.newObject();
      message.put("api", "fromWidget").put("widgetId", "w").put("requestId", "r" + number);
      message.put("action", action).putObject("data");
      relay(number, message.toString());
    }

    void relay(long number, String text) {
      ObjectNode frame = Json.newObject().put("t", "msg").put("n", number);
      frame.put("origin", WIDGET).put("source", true).put("text", text);
      socket.writeTextMessage(frame.toString());
    }

    void reads(boolean on) {
      if (on) {
        socket.resume();
      } else {
        socket.pause();
      }
    }

    void cut() throws Exception {
      get(socket.close());
    }

    /** Closes the connection, for the reason that a code stands for. */
    void close(int code) throws Exception {
      get(socket.close((short) code));
    }
  }
}
