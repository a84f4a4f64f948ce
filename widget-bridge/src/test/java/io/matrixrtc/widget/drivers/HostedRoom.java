package io.matrixrtc.widget.drivers;

import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.SyncFilter;
import io.matrixrtc.client.SyncSettings;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.rtc.RtcTransports;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.client.WidgetClient;
import io.matrixrtc.widget.client.WidgetListener;
import io.matrixrtc.widget.client.WidgetSettings;
import io.matrixrtc.widget.host.FrameMessage;
import io.matrixrtc.widget.host.HostEvent;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Two users of the embedded homeserver in an encrypted room; one of them hosts a Java widget. */
final class HostedRoom implements AutoCloseable {
  static final String ORIGIN = "https://widget.example.org";
  static final String SERVICE = "https://jwt.example.org";
  private static final String PASSWORD = "a password for one test";

  final EmbeddedHomeserver server;
  final ScheduledExecutorService pool = Executors.newScheduledThreadPool(3);
  private final JdkHttpTransport http = new JdkHttpTransport(pool);
  private final HttpClient media = HttpClient.newHttpClient();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  final AccountFeed feed = new AccountFeed();
  final EncryptedClient alice;
  final EncryptedClient bob;
  final WidgetAccount account;
  final String room;
  final List<HostEvent> events = new CopyOnWriteArrayList<>();
  final List<MatrixLink> offered = new CopyOnWriteArrayList<>();
  volatile boolean takesOffers = true;

  HostedRoom(boolean encrypted) throws Exception {
    server = server();
    alice = device("alice", feed);
    bob = device("bob", new AccountFeed());
    room = get(alice.matrix().rooms().createRoom(settings(encrypted))).orThrow();
    get(bob.matrix().rooms().join(room)).orThrow();
    account = new WidgetAccount(alice, feed, media, Optional.empty());
    open.push(account);
    get(account.prepare(room)).orThrow();
  }

  private static EmbeddedHomeserver server() throws BindFailed {
    return EmbeddedHomeserver.start(
        HomeserverConfig.defaults().withRtcTransports(RtcTransports.livekit(SERVICE)));
  }

  private static NewRoom settings(boolean encrypted) {
    NewRoom room = NewRoom.open().named("A room").forCalls();
    return encrypted ? room.encrypted() : room;
  }

  private ClientSettings settings() {
    return ClientSettings.of(http, new PoolScheduler(pool, InstantSource.system()))
        .withSync(SyncSettings.defaults().withFilter(SyncFilter.allState()));
  }

  /** One more device of a user, which its owner does not sign. */
  EncryptedClient unsigned(String name) throws CryptoStoreException {
    Credentials credentials = Credentials.of(name, PASSWORD, "unsigned");
    return open(
        get(MatrixClient.login(server.baseUrl(), credentials, settings())), new AccountFeed());
  }

  private EncryptedClient open(LoginOutcome outcome, AccountFeed listener)
      throws CryptoStoreException {
    MatrixClient matrix = new MatrixClient(((LoginOutcome.LoggedIn) outcome).session(), settings());
    StateKey key = StateKey.generate(new SecureRandom()::nextBytes);
    EncryptedClient client =
        EncryptedClient.builder(matrix)
            .store(new MemoryCryptoStore(), key)
            .closingStore()
            .listener(listener)
            .start();
    open.push(key::close);
    open.push(client);
    return client;
  }

  private EncryptedClient device(String name, AccountFeed listener) throws CryptoStoreException {
    Credentials credentials = Credentials.of(name, PASSWORD, "test");
    EncryptedClient client =
        open(get(MatrixClient.register(server.baseUrl(), credentials, settings())), listener);
    SetupOutcome identity =
        get(
            client
                .crossSigning()
                .bootstrap(UserAuthentication.password(client.device().userId(), PASSWORD)));
    if (!(identity instanceof SetupOutcome.Done)) {
      throw new AssertionError(identity);
    }
    return client;
  }

  static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A widget of alice's that is granted all it asks for, and talks to its host without a page. */
  WidgetClient widget(WidgetListener listener, List<Capability> wanted) {
    HostedWidget hosted = HostedWidget.call("widget-1", ORIGIN, account.address(), room);
    CompletableFuture<WidgetClient> widget = new CompletableFuture<>();
    WidgetScreen screen =
        WidgetScreen.of(
                text -> widget.thenAccept(one -> one.onMessage(text)),
                events::add,
                WidgetConsent.trusted(Set.copyOf(wanted)))
            .offering(link -> takesOffers && offered.add(link));
    WidgetHost host =
        account.host(
            hosted,
            HostLimits.DEFAULT,
            screen,
            new PoolScheduler(pool, InstantSource.system()),
            new SecureRandom());
    open.push(host);
    WidgetClient client =
        new WidgetClient(
            WidgetSettings.of("widget-1", wanted),
            listener,
            text -> host.onMessage(new FrameMessage(ORIGIN, true, text)),
            new PoolScheduler(pool, InstantSource.system()),
            () -> UUID.randomUUID().toString());
    widget.complete(client);
    open.push(client);
    host.onFrameLoaded();
    client.start();
    return client;
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    server.close();
    pool.shutdownNow();
  }
}
