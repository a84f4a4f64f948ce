package io.matrixrtc.testkit.server;

import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.agent.DirectTransport;
import io.matrixrtc.testkit.time.VirtualWorld;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** The embedded homeserver, with everything it stores and sees within reach. */
public final class EmbeddedServer implements WorldServer {
  private static final String PASSWORD = "correct horse battery staple";

  private final EmbeddedHomeserver server;
  private final Registration registration;
  private final RequestTexts log = new RequestTexts();
  private final Map<String, Account> accounts = new HashMap<>();

  /**
   * Starts a server of a configuration, by itself or in a virtual world. What {@link
   * io.matrixrtc.testkit.script.ScriptSettings} in virtual time need.
   */
  public record Launch(HomeserverConfig config) implements Supplier<WorldServer> {
    /**
     * On a port.
     *
     * @throws ScriptException if the port is taken
     */
    @Override
    public WorldServer get() {
      return start(config);
    }

    /**
     * Without a port, in the time of {@code world}, which must outlast it.
     *
     * @param seed of how long requests take
     */
    public WorldServer in(VirtualWorld world, long seed) {
      EmbeddedHomeserver server =
          EmbeddedHomeserver.startUnheard(
              config.withTime(new VirtualServerTime(world)), () -> new VirtualLane(world));
      DirectTransport way = new DirectTransport(server, world, seed);
      return new EmbeddedServer(
          server,
          new Registration(
              server.baseUrl(),
              world,
              () -> ClientSettings.of(way, world.lane()).withRandom(new SplittableRandom(seed))));
    }
  }

  private EmbeddedServer(EmbeddedHomeserver server) {
    this(server, new Registration(server.baseUrl()));
  }

  private EmbeddedServer(EmbeddedHomeserver server, Registration registration) {
    this.server = server;
    this.registration = registration;
    server.requestLog().listen(log::keep);
  }

  /**
   * Starts a server in memory.
   *
   * @param port 0 for a free one
   * @throws ScriptException if the port is taken
   */
  public static EmbeddedServer start(int port) {
    return start(HomeserverConfig.defaults().withPort(port));
  }

  /** Starts a server of another configuration. */
  public static EmbeddedServer start(HomeserverConfig config) {
    try {
      return new EmbeddedServer(EmbeddedHomeserver.start(config));
    } catch (BindFailed e) {
      throw new ScriptException(
          "the embedded homeserver cannot listen on port "
              + config.port()
              + ": is it taken? Choose another --port, or none for a free one.",
          e);
    }
  }

  @Override
  public Optional<EmbeddedHomeserver> embedded() {
    return Optional.of(server);
  }

  @Override
  public URI baseUrl() {
    return server.baseUrl();
  }

  @Override
  public synchronized Account account(String localpart) {
    return accounts.computeIfAbsent(
        localpart, user -> new Account(registration.register(user, PASSWORD), PASSWORD));
  }

  @Override
  public Optional<Insight> insight() {
    return Optional.of(
        new Insight() {
          @Override
          public List<byte[]> database() {
            return server.databaseDump().stream()
                .map(row -> row.toString().getBytes(StandardCharsets.UTF_8))
                .toList();
          }

          @Override
          public List<byte[]> log() {
            return log.all();
          }
        });
  }

  @Override
  public void close() {
    server.close();
  }
}
