package io.matrixrtc.homeserver;

import io.matrixrtc.homeserver.backup.BackupControl;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.http.Listener;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.MemoryStorage;
import io.matrixrtc.homeserver.store.SqliteStorage;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.net.URI;
import java.util.List;

/**
 * A Matrix homeserver inside this process, for development and tests: one server, no federation.
 * Its methods block until their work is done and may be called from any thread but the server's
 * own.
 */
public final class EmbeddedHomeserver implements AutoCloseable {
  private record Planted(String value) {}

  private static final TableSpec<Planted> PLANTED = TableSpec.of("planted", Planted.class, "name");

  private final HomeserverConfig config;
  private final FaultPlan faults = new FaultPlan();
  private final RequestLog requestLog = new RequestLog();
  private final SyncGate syncGate = new SyncGate();
  private final BackupControl backups = new BackupControl();
  private volatile Storage storage;
  private volatile Running running;

  /** What a restart replaces. */
  private record Running(StateThread state, Listener listener, Assembly assembly) {}

  private EmbeddedHomeserver(HomeserverConfig config) throws BindFailed {
    this.config = config;
    this.storage = openStorage();
    this.running = run(config.port());
  }

  /**
   * Starts a server; it answers when this returns.
   *
   * @throws BindFailed if it cannot listen on the configured address
   * @throws io.matrixrtc.homeserver.store.StorageException if the database does not open
   */
  public static EmbeddedHomeserver start(HomeserverConfig config) throws BindFailed {
    return new EmbeddedHomeserver(config);
  }

  /** For example {@code http://127.0.0.1:8008}, without a slash at the end. */
  public URI baseUrl() {
    return URI.create("http://" + config.host() + ":" + port());
  }

  public int port() {
    return running.listener().port();
  }

  public HomeserverConfig config() {
    return config;
  }

  /** Provoked faults; kept over a restart. */
  public FaultPlan faults() {
    return faults;
  }

  /** Tells of every request; listeners are kept over a restart. */
  public RequestLog requestLog() {
    return requestLog;
  }

  /** Withholds the sync of single users; kept over a restart. */
  public SyncGate syncGate() {
    return syncGate;
  }

  /** What tests set for key backups; kept over a restart. */
  public BackupControl backups() {
    return backups;
  }

  /** Every endpoint, as {@code METHOD template}. */
  public List<String> endpoints() {
    return running.assembly().routes().describe();
  }

  /**
   * Ends the access token of a device, as if its time were up: its requests are answered with
   * {@code soft_logout} until somebody logs in as this device again. Harmless if there is no such
   * device.
   */
  public void expireToken(String userId, String deviceId) {
    Running now = running;
    now.state()
        .submit(
            () -> {
              now.assembly().devices().expireToken(new Session(userId, deviceId));
              return true;
            })
        .join();
  }

  /**
   * Sends all delayed events of a user at once, as if their time were up: what the others see when
   * a participant has crashed, or a server whose clock is wrong.
   */
  public void fireDelayedEvents(String userId) {
    Running now = running;
    now.state()
        .submit(
            () -> {
              now.assembly().delayedEvents().fireAll(userId);
              return true;
            })
        .join();
  }

  /** Every stored row of every table: what somebody who seizes the server would find. */
  public List<Storage.StoredRow> databaseDump() {
    return running.state().submit(storage::dump).join();
  }

  /** Stores a value as if a client had let it slip: the control for a search of the dump. */
  public void plant(String name, String value) {
    running
        .state()
        .submit(
            () -> {
              Table.open(storage, PLANTED).put(new Planted(value), name);
              return true;
            })
        .join();
  }

  /**
   * Stops and starts again on the same port with the same data. Open requests are dropped; what
   * lives in memory only, such as waiting syncs and rate limits, is gone.
   *
   * @throws BindFailed if somebody else took the port meanwhile; the server is then closed
   */
  public void restart() throws BindFailed {
    int port = port();
    close();
    if (config.database().isPresent()) {
      storage = openStorage();
    }
    running = run(port);
  }

  /** Stops listening and closes the database. Harmless if it is closed already. */
  @Override
  public void close() {
    running.listener().close();
    running.state().close();
    storage.close();
  }

  private Storage openStorage() {
    return config.database().<Storage>map(SqliteStorage::open).orElseGet(MemoryStorage::new);
  }

  private Running run(int port) throws BindFailed {
    StateThread state = new StateThread(storage, "homeserver-state");
    Assembly assembly =
        Assembly.of(config, storage, state, syncGate, backups, () -> baseUrl().toString());
    try {
      Listener listener =
          Listener.start(
              new Listener.Address(config.host(), port),
              new Listener.Limits(config.maxRequestBytes(), config.rateLimits(), config.gzip()),
              assembly.routes(),
              assembly.devices(),
              new Listener.Surroundings(state, config.time(), faults, requestLog));
      return new Running(state, listener, assembly);
    } catch (BindFailed e) {
      state.close();
      storage.close();
      throw e;
    }
  }
}
