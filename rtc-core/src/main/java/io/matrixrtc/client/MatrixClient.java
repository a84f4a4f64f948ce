package io.matrixrtc.client;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The client-server API of one login, by area. Does no encryption; {@link EncryptedClient} does.
 * Any thread may call; stages complete on the scheduler of the settings, with a sealed result.
 */
public final class MatrixClient implements AutoCloseable {
  private final LoginTokens tokens;
  private final boolean refreshable;
  private final ClientSettings settings;
  private final HomeserverApi api;
  private final AccountApi account;
  private final RoomsApi rooms;
  private final KeysApi keys;
  private final MediaApi media;
  private final ToDeviceApi toDevice;
  private final SyncApi sync;
  private final ServerFeatures features;
  private final DelayedEventsApi delayedEvents;

  /** Speaks for {@code session}, which may come from a login or from where an app kept it. */
  public MatrixClient(MatrixSession session, ClientSettings settings) {
    this.settings = settings;
    this.api = new HomeserverApi(session, settings);
    this.tokens = api.tokens().orElseThrow();
    this.refreshable = session.refreshToken().isPresent();
    this.account = new AccountApi(api);
    this.features = new ServerFeatures(api);
    this.rooms = new RoomsApi(api, features);
    this.delayedEvents = new DelayedEventsApi(api, features);
    this.keys = new KeysApi(api);
    this.media = new MediaApi(api);
    this.toDevice = new ToDeviceApi(api);
    this.sync = new SyncApi(api, session.userId());
  }

  /**
   * Finds the homeserver of a server name such as {@code example.org}, or of a full user id.
   *
   * @return completes with where it is and what it can do, or with what to do next
   */
  public static CompletionStage<DiscoveryOutcome> discover(
      String serverNameOrUserId, ClientSettings settings) {
    Optional<ServerName> server =
        serverNameOrUserId.startsWith("@")
            ? MatrixIds.serverOf(serverNameOrUserId)
            : ServerName.parse(serverNameOrUserId);
    return server.isPresent()
        ? new Discovery(settings).find(server.get())
        : CompletableFuture.completedFuture(
            new DiscoveryOutcome.AskForAddress("this is no server name and no user id"));
  }

  /**
   * Logs in at {@code homeserver}.
   *
   * @return the session to make a client of, or one sentence about what stood in the way
   */
  public static CompletionStage<LoginOutcome> login(
      URI homeserver, Credentials credentials, ClientSettings settings) {
    return new LoginApi(homeserver, settings).login(credentials);
  }

  /** As {@link #login}, for a user that does not exist yet. */
  public static CompletionStage<LoginOutcome> register(
      URI homeserver, Credentials credentials, ClientSettings settings) {
    return new LoginApi(homeserver, settings).register(credentials);
  }

  /** The login that it speaks for, with the tokens that count now. */
  public MatrixSession session() {
    return tokens.session();
  }

  /** Tells {@code listener}, which must not block, what becomes of the login, on the scheduler. */
  public void onLogin(Consumer<LoginStatus> listener) {
    settings.scheduler().execute(() -> tokens.listen(listener));
  }

  /**
   * Goes on with another login of the same device, after a soft logout or before.
   *
   * @return completes with whether there is anything to go on with: false if the device was deleted
   * @throws IllegalArgumentException if it is another homeserver, user or device
   */
  public CompletionStage<Boolean> resume(MatrixSession other) {
    if (!session().isSameDevice(other)) {
      throw new IllegalArgumentException("to go on, want a login of the same device");
    }
    return CompletableFuture.supplyAsync(() -> tokens.resume(other), settings.scheduler());
  }

  /**
   * Logs in again as the same device with the user's password, and goes on if that works
   * (LOGIN-SOFT).
   */
  public CompletionStage<LoginOutcome> loginAgain(String password) {
    MatrixSession old = session();
    Credentials credentials = Credentials.of(old.userId(), password, "").asDevice(old.deviceId());
    return login(old.homeserver(), refreshable ? credentials.withRefresh() : credentials, settings)
        .thenCompose(
            outcome ->
                outcome instanceof LoginOutcome.LoggedIn in && old.isSameDevice(in.session())
                    ? resume(in.session()).thenApply(resumed -> outcome)
                    : CompletableFuture.completedFuture(outcome));
  }

  /** What it works with. */
  public ClientSettings settings() {
    return settings;
  }

  /** Any other request, with the same retries. */
  public HomeserverApi api() {
    return api;
  }

  /** The login itself, and what the homeserver can do. */
  public AccountApi account() {
    return account;
  }

  /** Rooms, state and events. */
  public RoomsApi rooms() {
    return rooms;
  }

  /** Events that the homeserver sends later. */
  public DelayedEventsApi delayedEvents() {
    return delayedEvents;
  }

  /**
   * What the homeserver can do, one try; an answer counts for an hour. Completes exceptionally only
   * when closed.
   */
  public CompletionStage<ApiResult<ServerVersions>> features() {
    return features.get();
  }

  /** Device keys and one-time keys. */
  public KeysApi keys() {
    return keys;
  }

  /** Files. */
  public MediaApi media() {
    return media;
  }

  /** To-device messages. */
  public ToDeviceApi toDevice() {
    return toDevice;
  }

  /** Sync, and the state of rooms. */
  public SyncApi sync() {
    return sync;
  }

  /**
   * Sends nothing any more: requests under way and later ones complete exceptionally
   * (CLIENT-CLOSE). The device stays logged in.
   */
  @Override
  public void close() {
    api.close();
  }
}
