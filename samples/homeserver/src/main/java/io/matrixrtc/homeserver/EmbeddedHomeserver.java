package io.matrixrtc.homeserver;

import io.matrixrtc.homeserver.backup.BackupControl;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.http.DirectFront;
import io.matrixrtc.homeserver.http.Listener;
import io.matrixrtc.homeserver.http.PortReturn;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.MemoryStorage;
import io.matrixrtc.homeserver.store.SqliteStorage;
import io.matrixrtc.homeserver.store.StateLane;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

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

  private final Optional<Supplier<StateLane>> lanes;

  /**
   * What a restart replaces. {@code listener} is there unless the server is asked directly only.
   */
  private record Running(
      StateThread state, DirectFront front, Optional<Listener> listener, Assembly assembly) {
    void close() {
      listener.ifPresent(Listener::close);
      front.close();
      state.close();
    }
  }

  private EmbeddedHomeserver(HomeserverConfig config, Optional<Supplier<StateLane>> lanes)
      throws BindFailed {
    this.config = config;
    this.lanes = lanes;
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
    return new EmbeddedHomeserver(config, Optional.empty());
  }

  /**
   * Starts a server that listens nowhere and is asked by {@link #ask} only. It has no thread: it
   * works where {@code lanes} says, and its time is that of {@code config}.
   *
   * @param lanes asked for one now and at each restart
   * @throws io.matrixrtc.homeserver.store.StorageException if the database does not open
   */
  public static EmbeddedHomeserver startUnheard(
      HomeserverConfig config, Supplier<StateLane> lanes) {
    try {
      return new EmbeddedHomeserver(config, Optional.of(lanes));
    } catch (BindFailed e) {
      throw new IllegalStateException("a server without a socket did not bind", e);
    }
  }

  /**
   * Asks without a socket; never waits. Safe for many threads.
   *
   * @param uri path and query, encoded
   * @param body nobody may change it afterwards
   * @return completes where the server works; fails with an {@link java.io.IOException} where a
   *     connection would have been lost, as in a restart
   */
  public CompletableFuture<Answer.Bytes> ask(
      String method, String uri, List<Map.Entry<String, String>> headers, byte[] body) {
    return running.front().ask(method, uri, headers, body);
  }

  /** For example {@code http://127.0.0.1:8008}, without a slash at the end. */
  public URI baseUrl() {
    return URI.create("http://" + config.host() + ":" + port());
  }

  /** The port that is listened on; the configured one if there is none. */
  public int port() {
    return running.listener().map(Listener::port).orElse(config.port());
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
        .ask(
            () -> {
              now.assembly().devices().expireToken(new Session(userId, deviceId));
              return true;
            });
  }

  /**
   * Sends all delayed events of a user at once, as if their time were up: what the others see when
   * a participant has crashed, or a server whose clock is wrong.
   */
  public void fireDelayedEvents(String userId) {
    Running now = running;
    now.state()
        .ask(
            () -> {
              now.assembly().delayedEvents().fireAll(userId);
              return true;
            });
  }

  /** Every stored row of every table: what somebody who seizes the server would find. */
  public List<Storage.StoredRow> databaseDump() {
    return running.state().ask(storage::dump);
  }

  /** Stores a value as if a client had let it slip: the control for a search of the dump. */
  public void plant(String name, String value) {
    running
        .state()
        .ask(
            () -> {
              Table.open(storage, PLANTED).put(new Planted(value), name);
              return true;
            });
  }

  /**
   * Stops and starts again on the same port with the same data. Open requests are dropped; what
   * lives in memory only, such as waiting syncs and rate limits, is gone.
   *
   * @throws BindFailed if somebody else took the port meanwhile and keeps it for 20 s; the server
   *     is then closed
   */
  public void restart() throws BindFailed {
    int port = port();
    close();
    running =
        PortReturn.await(
            () -> {
              if (config.database().isPresent()) {
                storage = openStorage();
              }
              return run(port);
            });
  }

  /** Stops listening and closes the database. Harmless if it is closed already. */
  @Override
  public void close() {
    running.close();
    storage.close();
  }

  private Storage openStorage() {
    return config.database().<Storage>map(SqliteStorage::open).orElseGet(MemoryStorage::new);
  }

  private Running run(int port) throws BindFailed {
    StateThread state =
        new StateThread(
            storage,
            lanes.map(Supplier::get).orElseGet(() -> StateLane.thread("homeserver-state")));
    Assembly assembly =
        Assembly.of(config, storage, state, syncGate, backups, () -> baseUrl().toString());
    Listener.Limits limits =
        new Listener.Limits(config.maxRequestBytes(), config.rateLimits(), config.gzip());
    Listener.Surroundings around =
        new Listener.Surroundings(state, config.time(), faults, requestLog);
    DirectFront front = DirectFront.of(limits, assembly.routes(), assembly.devices(), around);
    if (lanes.isPresent()) {
      return new Running(state, front, Optional.empty(), assembly);
    }
    try {
      Listener listener =
          Listener.start(
              new Listener.Address(config.host(), port),
              limits,
              assembly.routes(),
              assembly.devices(),
              around);
      return new Running(state, front, Optional.of(listener), assembly);
    } catch (BindFailed e) {
      state.close();
      storage.close();
      throw e;
    }
  }
}
