package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.client.WidgetClient;
import io.matrixrtc.widget.client.WidgetListener;
import io.matrixrtc.widget.client.WidgetResult;
import io.matrixrtc.widget.client.WidgetSettings;
import io.matrixrtc.widget.host.FakeDriver;
import io.matrixrtc.widget.host.FakeRooms;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The bridge over real sockets; a page is played by a WebSocket client. */
class WidgetBridgeTest {
  private static final String ROOM = "!room:example.org";
  private static final String WIDGET = "https://widget.example.org";

  private final Vertx vertx = Vertx.vertx();

  /** Held here: Vert.x closes a client, and its connections, once nobody refers to it. */
  private final WebSocketClient sockets =
      vertx.createWebSocketClient(
          new WebSocketClientOptions().setMaxMessageSize(1 << 20).setMaxFrameSize(1 << 20));

  private final HttpClientAgent http = vertx.createHttpClient();
  private final ScheduledExecutorService pool = Executors.newSingleThreadScheduledExecutor();
  private final SignedLinks links = new SignedLinks(new byte[32]);
  private final FakeDriver driver = new FakeDriver();
  private HttpServer server;
  private WidgetBridge bridge;

  @SuppressWarnings("NullAway.Init") // open sets it
  private volatile HostPage lastPage;

  /** Tests that wait for an absence to be too long; the others must not, however slow they are. */
  private static final String SHORT_ABSENCE = "short-absence";

  @BeforeEach
  void serve(TestInfo test) throws Exception {
    Router router = Router.router(vertx);
    server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    BridgeSettings usual = BridgeSettings.of(URI.create(origin() + "/calls"), WIDGET);
    BridgeSettings settings =
        new BridgeSettings(
            usual.publicUrl(),
            WIDGET,
            2,
            100_000,
            usual.maxUnacknowledged(),
            usual.maxUnacknowledgedChars(),
            test.getTags().contains(SHORT_ABSENCE) ? Duration.ofMillis(400) : usual.maxAbsence());
    bridge = new WidgetBridge(vertx, settings, links, this::open, InstantSource.system());
    bridge.mount(router);
  }

  @AfterEach
  void stop() throws Exception {
    get(vertx.close());
    pool.shutdownNow();
  }

  private CompletableFuture<Optional<WidgetSessions.Opened>> open(String ticket, HostPage page) {
    if (!ticket.equals("good")) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    FakeRooms rooms = new FakeRooms();
    rooms.join(ROOM, "@alice:example.org");
    WidgetHost host =
        new WidgetHost(
            HostedWidget.call("w", WIDGET, new DeviceAddress("@alice:example.org", "A"), ROOM),
            HostLimits.DEFAULT,
            rooms,
            driver,
            page.frame(),
            page.listener(),
            new PoolScheduler(pool, InstantSource.system()),
            new SecureRandom());
    lastPage = page;
    return CompletableFuture.completedFuture(
        Optional.of(new WidgetSessions.Opened(host, URI.create(WIDGET + "/index.html"))));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private String origin() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private String newLink(String ticket) {
    String page = bridge.link(ticket, Duration.ofMinutes(1));
    return page.substring(page.indexOf('#') + 1);
  }

  /** A page: sends frames, gets frames. */
  private final class Page {
    private final WebSocket socket;
    private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

    Page(String hello) throws Exception {
      this(hello, origin());
    }

    Page(String hello, String origin) throws Exception {
      WebSocketConnectOptions options =
          new WebSocketConnectOptions()
              .setHost("127.0.0.1")
              .setPort(server.actualPort())
              .setURI("/calls/relay")
              .putHeader("Origin", origin);
      socket = get(sockets.connect(options));
      socket.textMessageHandler(got::add);
      send(hello);
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

    void cut() throws Exception {
      get(socket.close());
    }
  }

  private Page opened() throws Exception {
    return new Page("{'t':'hello','link':'" + newLink("good") + "'}");
  }

  private static String action(ObjectNode frame) throws Exception {
    return Json.parseObject(frame.path("text").asText()).path("action").asText();
  }

  @Test
  void bridgeCspThePageMayLoadItsOwnFilesAndTheWidget() throws Exception {
    for (String file : new String[] {"", "host.js", "host.css"}) {
      HttpClientResponse response =
          get(
              http.request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/calls/" + file)
                  .compose(request -> request.send()));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.getHeader("Content-Security-Policy"))
          .contains("default-src 'none'", "frame-src " + WIDGET + ";", "frame-ancestors 'none'");
      assertThat(response.getHeader("Cross-Origin-Embedder-Policy")).isNull();
      assertThat(response.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
    }
  }

  /** What a call needs of the browser, and nothing else. */
  @Test
  void bridgeFrameTheWidgetIsSandboxedAndHasTheFeaturesOfACall() throws Exception {
    String script = body(server.actualPort(), "/calls/host.js");
    assertThat(words(script, "SANDBOX"))
        .containsExactlyInAnyOrder(
            "allow-forms",
            "allow-popups",
            "allow-popups-to-escape-sandbox",
            "allow-same-origin",
            "allow-scripts",
            "allow-presentation",
            "allow-downloads")
        .as("it cannot take the host page away")
        .noneMatch(word -> word.startsWith("allow-top-navigation"));
    assertThat(words(script, "ALLOW"))
        .containsExactlyInAnyOrder(
            "microphone",
            "camera",
            "encrypted-media",
            "autoplay",
            "display-capture",
            "clipboard-write",
            "clipboard-read",
            "speaker-selection",
            "screen-wake-lock");
    assertThat(script)
        .contains("setAttribute('sandbox', SANDBOX)", "setAttribute('allow', ALLOW)")
        .containsSubsequence("setAttribute('sandbox'", "frame.src = url");
  }

  /** The words of a constant of the page's script. */
  private static List<String> words(String script, String name) {
    Matcher constant =
        Pattern.compile("const " + name + " = ((?:'[^']*'(?: \\+\\s+)?)+);").matcher(script);
    assertThat(constant.find()).as(name).isTrue();
    return List.of(constant.group(1).replaceAll("' \\+\\s+'|'", "").split("[ ;]+"));
  }

  @Test
  void aWidgetIsHostedThroughTheRelay() throws Exception {
    Page page = opened();
    ObjectNode welcome = page.next();
    assertThat(welcome.path("t").asText()).isEqualTo("welcome");
    assertThat(welcome.path("url").asText()).isEqualTo(WIDGET + "/index.html");
    page.post(1, "supported_api_versions");
    assertThat(action(page.nextMessage())).isEqualTo("supported_api_versions");
    page.post(2, "content_loaded");
    assertThat(action(page.nextMessage())).isEqualTo("content_loaded");
    assertThat(action(page.nextMessage())).isEqualTo("capabilities");
  }

  @Test
  void relayResumeWhatThePageMissedComesAgainAndNothingTwice() throws Exception {
    Page page = opened();
    String session = page.next().path("session").asText();
    page.post(1, "supported_api_versions");
    assertThat(page.nextMessage().path("n").asInt()).isEqualTo(1);
    page.cut();
    Page again = new Page("{'t':'hello','resume':'" + session + "','seen':0}");
    ObjectNode welcome = again.next();
    assertThat(welcome.path("seen").asInt()).as("what the server has").isEqualTo(1);
    assertThat(again.nextMessage().path("n").asInt()).as("again").isEqualTo(1);
    again.post(1, "supported_api_versions"); // the page is not sure that it arrived
    again.post(2, "content_loaded");
    ObjectNode next = again.nextMessage();
    assertThat(next.path("n").asInt()).isEqualTo(2);
    assertThat(action(next)).as("the first was not carried out again").isEqualTo("content_loaded");
  }

  @Test
  void relayReloadAReloadedPageHasItsSessionAgainAndTheWidgetStartsAnew() throws Exception {
    Page page = opened();
    String session = page.next().path("session").asText();
    page.send("{'t':'load','n':1}");
    page.post(2, "content_loaded");
    page.nextMessage();
    assertThat(action(page.nextMessage())).isEqualTo("capabilities");
    page.cut();
    Page again = new Page("{'t':'hello','link':'','reload':'" + session + "'}");
    ObjectNode welcome = again.next();
    assertThat(welcome.path("session").asText()).isEqualTo(session);
    assertThat(welcome.path("seen").asInt()).as("numbers begin anew").isZero();
    again.send("{'t':'load','n':1}");
    again.post(2, "content_loaded");
    ObjectNode reply = again.nextMessage();
    assertThat(action(reply)).as("the old question is not asked").isEqualTo("content_loaded");
    assertThat(action(again.nextMessage())).isEqualTo("capabilities");
    Page guess = new Page("{'t':'hello','link':'','reload':'guess'}");
    assertThat(guess.next().path("reason").asText()).isEqualTo("session over");
  }

  @Test
  void pageToldAPageHearsWhyItsSessionEnds() throws Exception {
    Page page = opened();
    page.next();
    get(bridge.drain());
    ObjectNode told = page.next();
    assertThat(told.path("t").asText()).isEqualTo("refused");
    assertThat(told.path("reason").asText()).isEqualTo("the server is shutting down");
  }

  @Test
  void pageAdviceWhatStandsIsShownOnEachConnectionAgainAndOnlyTheNewest() throws Exception {
    Page page = opened();
    String session = page.next().path("session").asText();
    lastPage.advise("first");
    assertThat(page.next().path("text").asText()).isEqualTo("first");
    page.cut();
    lastPage.advise("second");
    Page again = new Page("{'t':'hello','resume':'" + session + "','seen':0}");
    assertThat(again.next().path("t").asText()).isEqualTo("welcome");
    ObjectNode shown = again.next();
    assertThat(shown.path("t").asText()).isEqualTo("advice");
    assertThat(shown.path("text").asText()).isEqualTo("second");
    again.cut();
    Page reloaded = new Page("{'t':'hello','link':'','reload':'" + session + "'}");
    assertThat(reloaded.next().path("t").asText()).isEqualTo("welcome");
    assertThat(reloaded.next().path("text").asText()).as("after a reload").isEqualTo("second");
  }

  @Test
  void pageBackupTheUsersButtonReachesTheBackup() throws Exception {
    Page page = opened();
    page.next();
    CompletableFuture<String> want = new CompletableFuture<>();
    lastPage.showBackup(
        new BackupPanel() {
          @Override
          public Watch watch(Consumer<BackupView> shown) {
            shown.accept(BackupView.of(BackupView.Phase.RUNNING, "At work."));
            return () -> {};
          }

          @Override
          public void pause() {
            want.complete("pause");
          }

          @Override
          public void resume() {
            want.complete("resume");
          }
        });
    assertThat(page.next().path("phase").asText()).isEqualTo("running");
    page.send("{'t':'backup','n':1,'want':'pause'}");
    assertThat(want.get(30, TimeUnit.SECONDS)).isEqualTo("pause");
  }

  @Test
  void linkOnceTheSecondPageOfALinkIsRefused() throws Exception {
    String link = newLink("good");
    assertThat(new Page("{'t':'hello','link':'" + link + "'}").next().path("t").asText())
        .isEqualTo("welcome");
    assertThat(new Page("{'t':'hello','link':'" + link + "'}").next().path("reason").asText())
        .isEqualTo("link is not valid");
    assertThat(new Page("{'t':'hello','link':'forged'}").next().path("reason").asText())
        .isEqualTo("link is not valid");
    assertThat(
            new Page("{'t':'hello','link':'" + newLink("bad") + "'}")
                .next()
                .path("reason")
                .asText())
        .isEqualTo("nothing to open");
    assertThat(new Page("{'t':'hello','resume':'guess'}").next().path("reason").asText())
        .isEqualTo("session over");
  }

  @Test
  void bridgeSocketOnlyTheHostPageMayOpenARelay() throws Exception {
    for (String origin : new String[] {"https://evil.example.org", WIDGET, "null"}) {
      CompletableFuture<Object> tried =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return new Page("{}", origin);
                } catch (Exception e) {
                  return e;
                }
              });
      assertThat(tried.get(10, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
    }
    assertThat(opened().next().path("t").asText()).as("control").isEqualTo("welcome");
  }

  @Test
  void bridgeLimitOneSessionTooManyIsRefused() throws Exception {
    opened().next();
    opened().next();
    assertThat(opened().next().path("reason").asText()).isEqualTo("too many sessions");
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void relayAbsenceAPageThatStaysAwayLosesItsSession() throws Exception {
    Page page = opened();
    String session = page.next().path("session").asText();
    page.cut();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> get(bridge.sessionCount()) == 0);
    assertThat(
            new Page("{'t':'hello','resume':'" + session + "','seen':0}")
                .next()
                .path("reason")
                .asText())
        .isEqualTo("session over");
  }

  @Test
  void relayPressureAFloodOfFramesIsWorkedOffInOrder() throws Exception {
    Page page = opened();
    page.next();
    for (int i = 1; i <= 150; i++) {
      page.post(i, "supported_api_versions");
    }
    for (int i = 1; i <= 150; i++) {
      assertThat(
              Json.parseObject(page.nextMessage().path("text").asText()).path("requestId").asText())
          .isEqualTo("r" + i);
    }
  }

  @Test
  @Tag(SHORT_ABSENCE)
  void framesThatAreNoneEndTheConnection() throws Exception {
    for (String text : new String[] {"x", "{}", "{'t':'msg','n':7}", "{'t':'ack','n':9}"}) {
      Page page = opened();
      page.next();
      page.send(text);
      assertThat(page.next().path("t").asText()).isEqualTo("refused");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> get(bridge.sessionCount()) == 0);
    }
  }

  @Test
  void aWidgetInJavaTalksThroughTheRelay() throws Exception {
    Page page = opened();
    page.next();
    AtomicLong numbers = new AtomicLong();
    CompletableFuture<CapabilitySet> ready = new CompletableFuture<>();
    WidgetListener listener =
        new WidgetListener() {
          @Override
          public void onCapabilities(CapabilitySet approved) {
            ready.complete(approved);
          }
        };
    try (WidgetClient client =
        new WidgetClient(
            WidgetSettings.of(
                "w", List.of(Capability.parse("org.matrix.msc2762.send.event:m.reaction"))),
            listener,
            text -> page.relay(numbers.incrementAndGet(), text),
            new PoolScheduler(pool, InstantSource.system()),
            () -> "w" + numbers.get() + "-" + System.nanoTime())) {
      client.start();
      for (int i = 0; i < 4; i++) { // versions, loaded, capabilities, notice
        client.onMessage(page.nextMessage().path("text").asText());
      }
      assertThat(ready.get(10, TimeUnit.SECONDS).capabilities()).hasSize(1);
      CompletableFuture<WidgetResult> sent =
          client
              .request(
                  WidgetAction.SEND_EVENT,
                  Json.parseObject("{\"type\":\"m.reaction\",\"content\":{}}"))
              .toCompletableFuture();
      client.onMessage(page.nextMessage().path("text").asText());
      assertThat(sent.get(10, TimeUnit.SECONDS))
          .isEqualTo(
              new WidgetResult.Answered(
                  Json.parseObject(
                      "{\"room_id\":\"!room:example.org\",\"event_id\":\"$event1\"}")));
    }
  }

  @Test
  void theVerticleServesPageAndWidgetOnOriginsOfTheirOwn(@TempDir Path files) throws Exception {
    Files.writeString(files.resolve("index.html"), "<!doctype html>widget");
    Files.writeString(files.resolve("config.json"), "{}");
    BridgeVerticle verticle =
        new BridgeVerticle(
            new BridgeVerticle.Addresses("127.0.0.1", 0, 0),
            new WidgetFiles(files, Optional.of("{\"mine\":1}")),
            links,
            this::open,
            InstantSource.system());
    get(vertx.deployVerticle(verticle));
    URI page = URI.create(verticle.link("good", Duration.ofMinutes(1)));
    assertThat(body(page.getPort(), "/")).contains("host.js");
    int widget = URI.create(verticle.widgetOrigin()).getPort();
    assertThat(widget).isNotEqualTo(page.getPort());
    assertThat(body(widget, "/index.html")).contains("widget");
    assertThat(body(widget, "/config.json")).as("the host's own").isEqualTo("{\"mine\":1}");
    assertThat(body(widget, "/../index.html")).doesNotContain("root:");
  }

  private String body(int port, String path) throws Exception {
    return get(
        http.request(HttpMethod.GET, port, "127.0.0.1", path)
            .compose(request -> request.send())
            .compose(response -> response.body())
            .map(Object::toString));
  }

  @Test
  void drainingEndsEverySession() throws Exception {
    opened().next();
    assertThat(get(bridge.sessionCount())).isEqualTo(1);
    get(bridge.drain());
    assertThat(get(bridge.sessionCount())).isZero();
  }
}
