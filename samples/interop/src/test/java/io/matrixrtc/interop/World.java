package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomSettings;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.testkit.peers.PeerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A homeserver with devices of several implementations. Closing it ends every process. */
final class World implements AutoCloseable {
  private static final int LIMIT_SECONDS = 30;
  private static final String PASSWORD = "a password for one test";

  private final String name;
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final JdkHttpTransport http = new JdkHttpTransport(pool);
  private final Optional<EmbeddedHomeserver> embedded;
  private final URI homeserver;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<Exchange> keyRequests = new CopyOnWriteArrayList<>();
  private final List<Exchange> olmMessages = new CopyOnWriteArrayList<>();
  private int peers;

  /**
   * Starts our homeserver.
   *
   * @param name for the names of log files
   */
  World(String name) throws BindFailed {
    this(
        name, Optional.of(EmbeddedHomeserver.start(HomeserverConfig.defaults())), Optional.empty());
  }

  /** Uses a homeserver that runs already. */
  World(String name, URI homeserver) {
    this(name, Optional.empty(), Optional.of(homeserver));
  }

  private World(String name, Optional<EmbeddedHomeserver> embedded, Optional<URI> other) {
    this.name = name;
    this.embedded = embedded;
    this.homeserver = other.orElseGet(() -> embedded.orElseThrow().baseUrl());
    embedded.ifPresent(server -> server.requestLog().listen(this::note));
  }

  private void note(Exchange exchange) {
    if (exchange.path().contains("/keys/")) {
      keyRequests.add(exchange);
    } else if (exchange.path().contains("/sendToDevice/m.room.encrypted/")) {
      olmMessages.add(exchange);
    }
  }

  EmbeddedHomeserver homeserver() {
    return embedded.orElseThrow();
  }

  /** What the claims of a user have got of a device so far, in order. */
  List<OneTimeKeys.Claimed> claims(String by, DeviceAddress of) {
    return keyRequests.stream()
        .filter(exchange -> exchange.path().endsWith("/keys/claim"))
        .filter(exchange -> exchange.userId().equals(Optional.of(by)))
        .map(exchange -> OneTimeKeys.kind(json(exchange.answerBody()), of))
        .filter(claimed -> claimed != OneTimeKeys.Claimed.NOTHING)
        .toList();
  }

  /** How often a user's devices have asked for the devices of a user. */
  long queries(String by, String of) {
    return keyRequests.stream()
        .filter(exchange -> exchange.path().endsWith("/keys/query"))
        .filter(exchange -> exchange.userId().equals(Optional.of(by)))
        .filter(exchange -> json(exchange.requestBody()).path("device_keys").has(of))
        .count();
  }

  /** How many encrypted to-device messages a user's devices have sent to a device. */
  long sentTo(String by, DeviceAddress to) {
    return olmMessages.stream()
        .filter(exchange -> exchange.userId().equals(Optional.of(by)))
        .map(exchange -> json(exchange.requestBody()).path("messages").path(to.userId()))
        .filter(devices -> devices.has(to.deviceId()))
        .count();
  }

  /** Whether a user's devices have uploaded a fallback key. */
  boolean uploadedFallbackKey(String by) {
    return keyRequests.stream()
        .filter(exchange -> exchange.path().endsWith("/keys/upload"))
        .filter(exchange -> exchange.userId().equals(Optional.of(by)))
        .anyMatch(exchange -> !json(exchange.requestBody()).path("fallback_keys").isEmpty());
  }

  private static ObjectNode json(byte[] body) {
    try {
      return Json.parseObject(body);
    } catch (MalformedJsonException e) {
      throw new AssertionError("the server was sent, or answered, what is no JSON", e);
    }
  }

  /** Waits for a result. */
  static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no result in " + LIMIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** How clients reach the homeserver. */
  ClientSettings settings() {
    return ClientSettings.of(http, new PoolScheduler(pool, Clock.systemUTC()));
  }

  private static MatrixSession session(LoginOutcome outcome) {
    if (outcome instanceof LoginOutcome.LoggedIn in) {
      return in.session();
    }
    throw new AssertionError(outcome.sentence());
  }

  /** Registers a user and leaves no device of it. */
  Peer.Account account(String localpart) {
    MatrixClient client = new MatrixClient(register(localpart), settings());
    get(client.account().logout()).orThrow();
    return new Peer.Account(client.session().userId(), PASSWORD);
  }

  /** Registers a user, with a device that has no keys yet. */
  MatrixSession register(String localpart) {
    Credentials credentials = Credentials.of(localpart, PASSWORD, "interop");
    return session(get(MatrixClient.register(homeserver, credentials, settings())));
  }

  /** Logs in a user that was registered here, as one more device. */
  MatrixSession login(String userId) {
    Credentials credentials = Credentials.of(userId, PASSWORD, "interop");
    return session(get(MatrixClient.login(homeserver, credentials, settings())));
  }

  /** The password of every account here. */
  static String password() {
    return PASSWORD;
  }

  /** A client without encryption, for what only a test does. */
  MatrixClient bareClient(MatrixSession session) {
    return new MatrixClient(session, settings());
  }

  /** A device of ours that belongs to a new user, with a store in memory. */
  OurDevice ours(String localpart) throws CryptoStoreException {
    return ours(register(localpart));
  }

  /** A device of ours with a store in memory. */
  OurDevice ours(MatrixSession session) throws CryptoStoreException {
    MemoryCryptoStore store = new MemoryCryptoStore();
    open.push(store::close);
    return ours(session, store);
  }

  /** A device of ours that a new user has signed, with the default trust policy. */
  OurDevice signed(String localpart) throws CryptoStoreException {
    MatrixSession session = register(localpart);
    MemoryCryptoStore store = new MemoryCryptoStore();
    open.push(store::close);
    OurDevice device = ours(session, OlmMachine.Settings.defaults(), store);
    SetupOutcome identity =
        get(
            device
                .client()
                .crossSigning()
                .bootstrap(UserAuthentication.password(session.userId(), PASSWORD)));
    if (!(identity instanceof SetupOutcome.Done)) {
      throw new AssertionError(identity);
    }
    return device;
  }

  /** Opens a device of ours from a store. */
  OurDevice ours(MatrixSession session, CryptoStore store) throws CryptoStoreException {
    return ours(session, OurDevice.TRUST_ALL, store);
  }

  /** Opens a device of ours from a store, with another trust policy. */
  OurDevice ours(MatrixSession session, OlmMachine.Settings trust, CryptoStore store)
      throws CryptoStoreException {
    return ours(session, trust, store, new byte[StateKey.BYTES]);
  }

  /** Opens a device of ours from a file, which must be closed after the device. */
  OurDevice ours(MatrixSession session, SqliteCryptoStore store) throws CryptoStoreException {
    return ours(session, OurDevice.TRUST_ALL, store, store.stateKey().copySecret());
  }

  private OurDevice ours(
      MatrixSession session, OlmMachine.Settings trust, CryptoStore store, byte[] secret)
      throws CryptoStoreException {
    OurDevice device = new OurDevice(session, trust, store, secret, http, pool);
    open.push(device);
    return device;
  }

  /** Logs a peer in as a new device. */
  Peer peer(List<String> command, Peer.Account account, String deviceId)
      throws IOException, InterruptedException {
    Path log = Path.of("target", "peers", name + "-" + ++peers + "-" + deviceId + ".log");
    PeerProcess process = new PeerProcess(command, log);
    open.push(process);
    return Peer.start(process, account, deviceId, homeserver.toString());
  }

  /** Makes an encrypted room that anyone may join and call in. */
  String room(OurDevice creator) {
    return room(creator, HistoryVisibility.SHARED, 100);
  }

  /** As {@link #room(OurDevice)}, where a key encrypts so many messages at most. */
  String room(OurDevice creator, HistoryVisibility visibility, int messages) {
    return room(creator, visibility, messages, Duration.ofDays(7));
  }

  /** As {@link #room(OurDevice)}, where a key encrypts so many messages, and so long, at most. */
  String room(OurDevice creator, HistoryVisibility visibility, int messages, Duration period) {
    NewRoom room =
        NewRoom.open().encrypted(new RoomSettings(period, messages)).history(visibility).forCalls();
    return get(creator.client().matrix().rooms().createRoom(room)).orThrow();
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    embedded.ifPresent(EmbeddedHomeserver::close);
    pool.shutdownNow();
  }
}
