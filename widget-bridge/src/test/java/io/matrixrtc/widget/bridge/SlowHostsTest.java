package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.host.DelayedEventDriver;
import io.matrixrtc.widget.host.DriverCall.Ack;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.FakeDriver;
import io.matrixrtc.widget.host.FakeRooms;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetDriver;
import io.matrixrtc.widget.host.WidgetHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.ext.web.Router;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the bridge does with hosts that take their time, over real sockets. */
class SlowHostsTest {
  private static final String ROOM = "!room:example.org";
  private static final String WIDGET = "https://widget.example.org";
  private static final int FRAMES_AT_A_TIME = 64;

  /** One event loop: it reads a socket that has something before it reads one that will have. */
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

  private final WebSocketClient sockets = vertx.createWebSocketClient();
  private final ScheduledExecutorService pool = Executors.newSingleThreadScheduledExecutor();
  private final HeldScheduler held =
      new HeldScheduler(new PoolScheduler(pool, InstantSource.system()));
  private final FakeDriver driver = new FakeDriver();
  private final BlockingQueue<CompletableFuture<DriverResult<Ack>>> updates =
      new LinkedBlockingQueue<>();
  private HttpServer server;
  private WidgetBridge bridge;

  /** Keeps what it is given until it is released. */
  private static final class HeldScheduler implements SerialScheduler {
    private final SerialScheduler behind;
    private final Queue<Runnable> kept = new ArrayDeque<>();
    private boolean released;

    HeldScheduler(SerialScheduler behind) {
      this.behind = behind;
    }

    @Override
    public Instant now() {
      return behind.now();
    }

    @Override
    public synchronized void execute(Runnable task) {
      if (released) {
        behind.execute(task);
      } else {
        kept.add(task);
      }
    }

    @Override
    public Timer schedule(Instant at, Runnable task) {
      return behind.schedule(at, task);
    }

    synchronized int size() {
      return kept.size();
    }

    synchronized void release() {
      released = true;
      kept.forEach(behind::execute);
    }
  }

  @BeforeEach
  void serve() throws Exception {
    Router router = Router.router(vertx);
    server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    bridge =
        new WidgetBridge(
            vertx,
            BridgeSettings.of(URI.create(origin() + "/calls"), WIDGET),
            new SignedLinks(new byte[32]),
            this::open,
            InstantSource.system());
    bridge.mount(router);
  }

  @AfterEach
  void stop() throws Exception {
    get(vertx.close());
    pool.shutdownNow();
  }

  private String origin() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private CompletionStage<Optional<WidgetSessions.Opened>> open(String ticket, HostPage page) {
    FakeRooms rooms = new FakeRooms();
    rooms.join(ROOM, "@alice:example.org");
    WidgetHost host =
        new WidgetHost(
            HostedWidget.call("w", WIDGET, new DeviceAddress("@alice:example.org", "A"), ROOM),
            HostLimits.DEFAULT,
            rooms,
            drivers(),
            page.frame(),
            page.listener(),
            ticket.equals("held") ? held : page.scheduler(),
            new SecureRandom());
    return CompletableFuture.completedFuture(
        Optional.of(new WidgetSessions.Opened(host, URI.create(WIDGET + "/index.html"))));
  }

  /** Whose updates of delayed events are answered when the test does. */
  private WidgetDriver drivers() {
    DelayedEventDriver delayed =
        new DelayedEventDriver() {
          @Override
          public CompletionStage<DriverResult<String>> send(SendDelayed event) {
            return driver.send(event);
          }

          @Override
          public CompletionStage<DriverResult<Ack>> update(UpdateDelayed update) {
            CompletableFuture<DriverResult<Ack>> answer = new CompletableFuture<>();
            updates.add(answer);
            return answer;
          }
        };
    return (WidgetDriver)
        Proxy.newProxyInstance(
            WidgetDriver.class.getClassLoader(),
            new Class<?>[] {WidgetDriver.class},
            (proxy, method, args) ->
                method.getName().equals("delayedEvents") ? delayed : method.invoke(driver, args));
  }

  /** A page: numbers its messages, and looks for answers. */
  private final class Page {
    private final WebSocket socket;
    private final BlockingQueue<String> got = new LinkedBlockingQueue<>();
    private long number;

    Page(String ticket) throws Exception {
      WebSocketConnectOptions options =
          new WebSocketConnectOptions()
              .setHost("127.0.0.1")
              .setPort(server.actualPort())
              .setURI("/calls/relay")
              .putHeader("Origin", origin());
      socket = get(sockets.connect(options));
      socket.textMessageHandler(got::add);
      String link = bridge.link(ticket, Duration.ofMinutes(1));
      get(
          socket.writeTextMessage(
              Json.newObject()
                  .put("t", "hello")
                  .put("link", link.substring(link.indexOf('#') + 1))
                  .toString()));
      next(frame -> frame.path("t").asText().equals("welcome"));
    }

    ObjectNode next(Predicate<ObjectNode> wanted) throws Exception {
      while (true) {
        String text = got.poll(30, TimeUnit.SECONDS);
        assertThat(text).isNotNull();
        ObjectNode frame = Json.parseObject(text);
        if (wanted.test(frame)) {
          return frame;
        }
      }
    }

    /** The next message of that action. */
    ObjectNode message(String action) throws Exception {
      while (true) {
        ObjectNode frame = next(some -> some.path("t").asText().equals("msg"));
        ObjectNode message = Json.parseObject(frame.path("text").asText());
        if (message.path("action").asText().equals(action)) {
          return message;
        }
      }
    }

    void relay(ObjectNode message) throws Exception {
      ObjectNode frame = Json.newObject().put("t", "msg").put("n", ++number);
      frame.put("origin", WIDGET).put("source", true).put("text", message.toString());
      get(socket.writeTextMessage(frame.toString()));
    }

    void ask(String action, String data) throws Exception {
      ObjectNode message = Json.newObject().put("api", "fromWidget").put("widgetId", "w");
      message.put("requestId", "r" + number).put("action", action);
      message.set("data", Json.parseObject(data.replace('\'', '"')));
      relay(message);
    }

    ObjectNode answer(String action, String data) throws Exception {
      ask(action, data);
      return (ObjectNode) message(action).get("response");
    }
  }

  @Test
  void relayPressureNoMoreThanSoManyFramesAreTakenBeforeTheHostHasCaughtUp() throws Exception {
    Page busy = new Page("held");
    for (int i = 0; i < 150; i++) {
      busy.ask("supported_api_versions", "{}");
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> held.size() >= FRAMES_AT_A_TIME); // the hello was no message, the rest asks
    Page other = new Page("other");
    for (int i = 0; i < 20; i++) {
      assertThat(other.answer("supported_api_versions", "{}").has("supported_versions"))
          .as("control: the bridge goes on")
          .isTrue();
    }
    assertThat(held.size()).as("what the host was given").isEqualTo(FRAMES_AT_A_TIME);
    held.release();
    for (int i = 0; i < 150; i++) {
      assertThat(busy.message("supported_api_versions").path("requestId").asText())
          .isEqualTo("r" + i);
    }
  }

  /** A page whose widget has left a delayed event. */
  private void leaving() throws Exception {
    Page page = new Page("calls");
    page.ask("content_loaded", "{}");
    ObjectNode asked = page.message("capabilities");
    asked
        .putObject("response")
        .putArray("capabilities")
        .add("org.matrix.msc2762.send.event:m.x")
        .add("org.matrix.msc4157.send.delayed_event");
    page.relay(asked);
    page.message("notify_capabilities");
    assertThat(
            page.answer("send_event", "{'type':'m.x','content':{},'delay':60000}").has("delay_id"))
        .isTrue();
  }

  @Test
  void bridgeDrainDelayEndWhatASessionLeavesBehindIsWaitedFor_ours() throws Exception {
    leaving();
    Future<Void> drained = bridge.drain();
    CompletableFuture<DriverResult<Ack>> update = updates.poll(30, TimeUnit.SECONDS);
    assertThat(update).isNotNull();
    assertThat(get(bridge.sessionCount())).as("the session is over").isZero();
    assertThat(drained.isComplete()).as("and the homeserver has not answered").isFalse();
    update.complete(DriverResult.done(Ack.ACK));
    get(drained);
    assertThat(updates).isEmpty();
  }
}
