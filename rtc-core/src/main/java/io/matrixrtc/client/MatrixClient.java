package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.net.URI;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The client-server API of one login, by area. Does no encryption; {@link EncryptedClient} does.
 * Any thread may call; stages complete on the scheduler, with a sealed result.
 */
public final class MatrixClient {
  private final MatrixSession session;
  private final AccountApi account;
  private final RoomsApi rooms;
  private final KeysApi keys;
  private final ToDeviceApi toDevice;
  private final SyncApi sync;

  /** Speaks for {@code session} through {@code http}, which it does not close. */
  public MatrixClient(
      MatrixSession session,
      HttpTransport http,
      SerialScheduler scheduler,
      RetryPolicy retries,
      RandomGenerator random) {
    this.session = session;
    HomeserverApi api =
        new HomeserverApi(
            session.homeserver(), Optional.of(session.token()), http, scheduler, retries, random);
    this.account = new AccountApi(api);
    this.rooms = new RoomsApi(api);
    this.keys = new KeysApi(api);
    this.toDevice = new ToDeviceApi(api);
    this.sync = new SyncApi(api);
  }

  /** Returns the way to get a session: login and registration at {@code homeserver}. */
  public static LoginApi loginAt(
      URI homeserver,
      HttpTransport http,
      SerialScheduler scheduler,
      RetryPolicy retries,
      RandomGenerator random) {
    return new LoginApi(
        new HomeserverApi(homeserver, Optional.empty(), http, scheduler, retries, random));
  }

  /** The login that it speaks for. */
  public MatrixSession session() {
    return session;
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
}
