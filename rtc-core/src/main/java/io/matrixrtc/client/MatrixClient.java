package io.matrixrtc.client;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The client-server API of one login, by area. Does no encryption; {@link EncryptedClient} does.
 * Any thread may call; stages complete on the scheduler of the settings, with a sealed result.
 */
public final class MatrixClient implements AutoCloseable {
  private final MatrixSession session;
  private final ClientSettings settings;
  private final HomeserverApi api;
  private final AccountApi account;
  private final RoomsApi rooms;
  private final KeysApi keys;
  private final ToDeviceApi toDevice;
  private final SyncApi sync;

  /** Speaks for {@code session}, which may come from a login or from where an app kept it. */
  public MatrixClient(MatrixSession session, ClientSettings settings) {
    this.session = session;
    this.settings = settings;
    this.api = new HomeserverApi(session.homeserver(), Optional.of(session.token()), settings);
    this.account = new AccountApi(api);
    this.rooms = new RoomsApi(api);
    this.keys = new KeysApi(api);
    this.toDevice = new ToDeviceApi(api);
    this.sync = new SyncApi(api, session.userId());
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

  /** The login that it speaks for. */
  public MatrixSession session() {
    return session;
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

  /** Device keys and one-time keys. */
  public KeysApi keys() {
    return keys;
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
