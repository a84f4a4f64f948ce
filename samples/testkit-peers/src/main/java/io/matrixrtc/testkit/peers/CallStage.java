package io.matrixrtc.testkit.peers;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Playwright;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.bridge.SignedLinks;
import io.matrixrtc.widget.bridge.WidgetBridge;
import io.matrixrtc.widget.bridge.WidgetFiles;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What participants with Element Call in a browser need, for any number of scripts: its files, a
 * widget bridge, an SFU, and one Chromium.
 */
final class CallStage implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration LINK_LIFETIME = Duration.ofHours(1);
  private static final String INDEX = NpmPeer.ELEMENT_CALL.probe();
  private static final int KEY_BYTES = 32;
  private static final int LIMIT_SECONDS = 30;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Map<String, WidgetSessions> sessions = new ConcurrentHashMap<>();
  private final ScheduledExecutorService pool =
      Executors.newScheduledThreadPool(2, task -> daemon(task, "call-stage"));

  private final ClientThreads clients = ClientThreads.start();

  /** Playwright and all that it gives belong to one thread. */
  private final ExecutorService browsing =
      Executors.newSingleThreadExecutor(task -> daemon(task, "browser"));

  /** The SFU reports to one token service; each homeserver's listens here in its turn. */
  private final int tokenPort;

  private final Path sfuLog;
  private final StandInSfu sfu;
  private final WidgetBridge bridge;
  private final String widgetOrigin;
  private final URI page;
  private final Browser browser;

  /**
   * Starts everything.
   *
   * @param log a new file for what the SFU writes
   */
  CallStage(Path log) throws Exception {
    boolean started = false;
    try {
      Path unused = Chromium.program(); // says so before anything is fetched, if there is none
      open.push(pool::shutdownNow);
      open.push(clients);
      tokenPort = freePort();
      sfuLog = log;
      sfu =
          StandInSfu.start(
              log, List.of("--two-connections", "--webhook", tokenService() + "/sfu_webhook"));
      open.push(sfu);
      Vertx vertx = Vertx.vertx();
      open.push(() -> await(vertx.close()));
      Path built = NpmInstaller.usual().folder(NpmPeer.ELEMENT_CALL).resolve(INDEX).getParent();
      WidgetFiles files = new WidgetFiles(Objects.requireNonNull(built), Optional.empty());
      widgetOrigin =
          origin(listening(vertx.createHttpServer().requestHandler(files.router(vertx))));
      Router router = Router.router(vertx);
      BridgeSettings any = BridgeSettings.of(URI.create("http://page.invalid/"), widgetOrigin);
      page =
          URI.create(
              origin(listening(vertx.createHttpServer(any.serverOptions()).requestHandler(router)))
                  + "/");
      byte[] key = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(key);
      bridge =
          new WidgetBridge(
              vertx,
              BridgeSettings.of(page, widgetOrigin),
              new SignedLinks(key),
              this::openSession,
              InstantSource.system());
      bridge.mount(router);
      open.push(() -> await(bridge.drain()));
      open.push(browsing::shutdown);
      browser = browse(this::launch);
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where the token services listen. */
  String tokenService() {
    return "http://" + LOOPBACK + ":" + tokenPort;
  }

  private Browser launch() {
    Playwright playwright = Chromium.playwright();
    open.push(() -> browse(() -> close(playwright)));
    return Chromium.launch(playwright);
  }

  private static boolean close(Playwright playwright) {
    playwright.close(); // and the browser
    return true;
  }

  private static HttpServer listening(HttpServer server) throws Exception {
    return await(server.listen(0, LOOPBACK));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static String origin(HttpServer server) {
    return "http://" + LOOPBACK + ":" + server.actualPort();
  }

  private CompletionStage<Optional<WidgetSessions.Opened>> openSession(
      String ticket, HostPage hostPage) {
    WidgetSessions account = sessions.get(ticket);
    return account == null
        ? CompletableFuture.completedFuture(Optional.empty())
        : account.open(ticket, hostPage);
  }

  /**
   * The homeserver, with the token service of this SFU beside it; closes both. Only one of a stage
   * can be open.
   */
  WorldServer withSfu(WorldServer homeserver, Runnable onClose) {
    if (!sfu.isAlive()) {
      onClose.run();
      homeserver.close();
      throw new ScriptException("the SFU has ended; its log is " + sfuLog);
    }
    return new ServerWithSfu(homeserver, sfu, URI.create(tokenService()), onClose);
  }

  /** Whoever opens the widgets of an account; returns the ticket for its links. */
  String host(WidgetSessions account) {
    String ticket = UUID.randomUUID().toString();
    sessions.put(ticket, account);
    return ticket;
  }

  /** A link to the host page, good once. */
  String link(String ticket) {
    return bridge.link(ticket, LINK_LIFETIME);
  }

  /** Where Element Call is served. */
  String widgetOrigin() {
    return widgetOrigin;
  }

  /** The host page. */
  URI page() {
    return page;
  }

  /** For the accounts: a page that is gone may still have work for them. */
  ClientThreads clients() {
    return clients;
  }

  /** For timers, and for widget sessions. */
  ScheduledExecutorService pool() {
    return pool;
  }

  /** The browser, to be used within {@link #browse}. */
  Browser browser() {
    return browser;
  }

  /** Does something with the browser, on its thread, and waits for it. */
  <T> T browse(Callable<T> task) throws InterruptedException {
    try {
      return browsing.submit(task).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ScriptException told) {
        throw told;
      }
      throw new ScriptException("in the browser: " + e.getCause(), e);
    }
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
