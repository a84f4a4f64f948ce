package io.matrixrtc.cli.widget;

import io.matrixrtc.cli.keys.Profile;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.widget.api.WebOrigin;
import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.SignedLinks;
import io.matrixrtc.widget.bridge.WidgetBridge;
import io.matrixrtc.widget.bridge.WidgetFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bridge for a few users of one room, all on this machine: host page and widget on two ports, the
 * accounts, and, unless one is named, a homeserver.
 */
public final class WidgetHostServer implements AutoCloseable {
  private static final String NEW_LINK =
      "Press Enter in the window in which matrixrtc widget-host runs: it prints new links.";
  private static final String LOOPBACK = "127.0.0.1";

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Map<String, HostAccount> accounts = new LinkedHashMap<>();
  private final Vertx vertx = Vertx.vertx();
  private Optional<CallServers> servers = Optional.empty();
  private Optional<WidgetBridge> bridge = Optional.empty();
  private String roomId = "";
  private String widgetOrigin = "";

  /**
   * What to host.
   *
   * @param homeserver one that runs already; without it, one is started
   * @param users localparts and passwords; on a homeserver of our own they are registered
   * @param room the room; without it, an encrypted one is made
   * @param widget a widget's URL; without it, Element Call from {@code elementCall}
   * @param elementCall the folder of the embedded build
   * @param elementCallConfig its {@code config.json}, in place of the one of the folder
   * @param pagePort where the host page is served, 0 for a free port
   * @param widgetPort where Element Call is served, 0 for a free port
   * @param homeserverPort where our own homeserver listens, 0 for a free port
   * @param sfu for our own homeserver's calls
   * @param trust which devices get and give keys
   * @param asks whether Element Call is granted nothing unasked
   * @param recoveryKey of the user on a homeserver that runs already: signs the device, and opens
   *     the backup
   * @param profile the one user's device, as {@code keys login} has left it on disk, with its
   *     homeserver; without it, each user gets a new device, which is logged out in the end
   */
  public record Settings(
      Optional<URI> homeserver,
      Map<String, String> users,
      Optional<String> room,
      Optional<URI> widget,
      Optional<Path> elementCall,
      Optional<String> elementCallConfig,
      int pagePort,
      int widgetPort,
      int homeserverPort,
      Optional<Sfu> sfu,
      TrustPolicy trust,
      boolean asks,
      Optional<String> recoveryKey,
      Optional<Profile> profile) {
    public Settings {
      if (widget.isEmpty() == elementCall.isEmpty()) {
        throw new IllegalArgumentException("widget host: want a widget or Element Call");
      }
      if (profile.isPresent() && !(users.isEmpty() && homeserver.isEmpty())) {
        throw new IllegalArgumentException("widget host: want a profile or users, not both");
      }
    }

    /** Without passwords and keys. */
    @Override
    public String toString() {
      return "Settings[" + users.keySet() + ", room=" + room + ", homeserver=" + homeserver + "]";
    }
  }

  private WidgetHostServer() {}

  /**
   * Starts everything; pages are served when this returns.
   *
   * @throws HostingException if something cannot be had
   */
  public static WidgetHostServer start(Settings settings) throws HostingException {
    WidgetHostServer server = new WidgetHostServer();
    boolean started = false;
    try {
      server.run(settings);
      started = true;
      return server;
    } finally {
      if (!started) {
        server.close();
      }
    }
  }

  private void run(Settings settings) throws HostingException {
    List<DeviceLogin> logins = logins(settings);
    ClientThreads threads = ClientThreads.start();
    open.push(threads);
    HttpClient media = HttpClient.newHttpClient();
    for (DeviceLogin login : logins) {
      HostAccount account =
          HostAccount.open(login, settings.recoveryKey, settings.trust, threads, media);
      open.push(account);
      accounts.put(account.userId(), account);
    }
    roomId = room(settings);
    serve(settings);
  }

  /** The devices; a homeserver of our own is started for them if there is no other. */
  private List<DeviceLogin> logins(Settings settings) throws HostingException {
    if (settings.profile.isPresent()) {
      return List.of(new ProfileLogin(settings.profile.get()));
    }
    URI homeserver = settings.homeserver.isPresent() ? settings.homeserver.get() : own(settings);
    List<DeviceLogin> logins = new ArrayList<>();
    settings.users.forEach(
        (user, password) ->
            logins.add(
                new PasswordLogin(homeserver, user, password, settings.homeserver.isEmpty())));
    return logins;
  }

  private URI own(Settings settings) throws HostingException {
    CallServers own = CallServers.start(settings.homeserverPort, settings.sfu);
    servers = Optional.of(own);
    open.push(own);
    return own.homeserver().baseUrl();
  }

  private String room(Settings settings) throws HostingException {
    String id = settings.room.orElse("");
    for (HostAccount account : accounts.values()) {
      id =
          id.isEmpty()
              ? HostAccount.value(
                  account
                      .client()
                      .matrix()
                      .rooms()
                      .createRoom(NewRoom.openForCalls().named("A call")))
              : HostAccount.value(account.client().matrix().rooms().join(id));
    }
    return id;
  }

  private void serve(Settings settings) throws HostingException {
    String widgetPage;
    if (settings.widget.isPresent()) {
      widgetPage = settings.widget.get().toString();
    } else {
      WidgetFiles files =
          new WidgetFiles(settings.elementCall.orElseThrow(), settings.elementCallConfig);
      HttpServer widget =
          listening(
              vertx.createHttpServer().requestHandler(files.router(vertx)), settings.widgetPort);
      widgetPage = origin(widget) + "/index.html";
    }
    Router router = Router.router(vertx);
    HttpServer pages =
        listening(
            vertx.createHttpServer(BridgeSettings.usualServerOptions()).requestHandler(router),
            settings.pagePort);
    URI page = URI.create(origin(pages) + "/");
    CallWidgets.Hosted hosted =
        new CallWidgets.Hosted(
            roomId,
            page,
            widgetPage,
            settings.widget.isEmpty(),
            settings.asks,
            TrustRequirement.named(settings.trust.label()));
    widgetOrigin = hosted.origin();
    if (widgetOrigin.equals(origin(pages))) {
      throw new HostingException("The widget has the page's own origin, " + widgetOrigin + ".");
    }
    WidgetBridge mounted =
        new WidgetBridge(
            vertx,
            BridgeSettings.of(page, widgetOrigin)
                .withLinks(BridgeSettings.USUAL_LINK_LIFETIME, NEW_LINK),
            SignedLinks.ofThisProcess(),
            new CallWidgets(accounts, hosted),
            InstantSource.system());
    mounted.mount(router);
    bridge = Optional.of(mounted);
  }

  private static HttpServer listening(HttpServer server, int port) throws HostingException {
    try {
      return await(server.listen(port, LOOPBACK));
    } catch (IllegalStateException e) {
      throw new HostingException(
          "port " + port + " is taken or not allowed. Choose another one.", e);
    }
  }

  private static <T> T await(Future<T> future) throws HostingException {
    return HostAccount.await(future.toCompletionStage());
  }

  private static String origin(HttpServer server) {
    return pageOrigin(server.actualPort());
  }

  /** The origin of a host page that is served on this port. */
  public static String pageOrigin(int port) {
    return WebOrigin.of("http://" + LOOPBACK + ":" + port);
  }

  /** The users, by their full ids. */
  public List<String> users() {
    return List.copyOf(accounts.keySet());
  }

  /** A link to the host page for a user; each opens one session, within ten minutes. */
  public String link(String userId) {
    return bridge.orElseThrow().link(userId);
  }

  /** The same, within another time. */
  public String link(String userId, Duration lifetime) {
    return bridge.orElseThrow().link(userId, lifetime);
  }

  /** The room that the widget is shown in. */
  public String roomId() {
    return roomId;
  }

  /** Where the widget comes from. */
  public String widgetOrigin() {
    return widgetOrigin;
  }

  /** The homeserver that was started, if one was. */
  public Optional<EmbeddedHomeserver> homeserver() {
    return servers.map(CallServers::homeserver);
  }

  /** Ends the sessions, which lets calls know, and everything that was started. */
  @Override
  public void close() {
    try {
      if (bridge.isPresent()) {
        await(bridge.get().drain());
      }
      await(vertx.close());
    } catch (HostingException e) { // what is left goes with the process
      System.getLogger(WidgetHostServer.class.getName())
          .log(System.Logger.Level.WARNING, "the bridge did not end: " + e.getMessage());
    }
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) { // the rest must be closed all the same
        System.getLogger(WidgetHostServer.class.getName())
            .log(System.Logger.Level.WARNING, "not closed: " + e.getMessage());
      }
    }
  }
}
