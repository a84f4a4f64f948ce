package io.matrixrtc.cli.widget;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.rtc.RtcTransports;
import io.matrixrtc.token.TokenService;
import io.matrixrtc.token.TokenServiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** The servers that run in this process: a homeserver, and a token service if there is an SFU. */
final class CallServers implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final EmbeddedHomeserver homeserver;
  private final Optional<TokenService> tokens;

  private CallServers(EmbeddedHomeserver homeserver, Optional<TokenService> tokens) {
    this.homeserver = homeserver;
    this.tokens = tokens;
  }

  /**
   * Starts them.
   *
   * @param sfu an SFU of this machine; without one, calls find no transport
   */
  static CallServers start(int homeserverPort, Optional<Sfu> sfu) throws HostingException {
    try {
      HomeserverConfig config = HomeserverConfig.defaults().withPort(homeserverPort);
      if (sfu.isEmpty()) {
        return new CallServers(EmbeddedHomeserver.start(config), Optional.empty());
      }
      int tokenPort = freePort(); // the homeserver names it before it is there
      EmbeddedHomeserver homeserver =
          EmbeddedHomeserver.start(
              config.withRtcTransports(
                  RtcTransports.livekit("http://" + LOOPBACK + ":" + tokenPort)));
      return new CallServers(
          homeserver, Optional.of(tokenService(sfu.get(), tokenPort, homeserver)));
    } catch (BindFailed | IOException e) {
      throw new HostingException("a port is taken or not allowed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostingException("interrupted", e);
    }
  }

  private static TokenService tokenService(Sfu sfu, int port, EmbeddedHomeserver homeserver)
      throws IOException, InterruptedException {
    String name = homeserver.config().serverName();
    Map<String, URI> servers = Map.of(name, homeserver.baseUrl());
    return TokenService.start(
        TokenServiceConfig.of(sfu.url(), sfu.key(), sfu.access(name))
            .withServers(servers, servers)
            .listeningOn(LOOPBACK, port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return socket.getLocalPort();
    }
  }

  EmbeddedHomeserver homeserver() {
    return homeserver;
  }

  @Override
  public void close() {
    tokens.ifPresent(TokenService::close);
    homeserver.close();
  }
}
