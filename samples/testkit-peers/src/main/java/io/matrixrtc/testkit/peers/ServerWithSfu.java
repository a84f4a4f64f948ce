package io.matrixrtc.testkit.peers;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.ServerFaults;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.token.ApiKey;
import io.matrixrtc.token.FullAccess;
import io.matrixrtc.token.TokenService;
import io.matrixrtc.token.TokenServiceConfig;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A homeserver, and beside it the token service of an SFU for its users. */
final class ServerWithSfu implements WorldServer {
  private static final String SERVER_NAME = "localhost";

  private final WorldServer server;
  private final URI service;
  private final Runnable onClose;
  private final TokenService tokens;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Starts the token service; {@code server} is closed with it.
   *
   * @param service where it is to listen
   * @param onClose run once, when it listens no more
   */
  ServerWithSfu(WorldServer server, StandInSfu sfu, URI service, Runnable onClose) {
    this.server = server;
    this.service = service;
    this.onClose = onClose;
    Map<String, URI> servers = Map.of(SERVER_NAME, server.baseUrl());
    try {
      this.tokens =
          TokenService.start(
              TokenServiceConfig.of(
                      sfu.url(),
                      ApiKey.of(StandInSfu.KEY, StandInSfu.SECRET),
                      new FullAccess(List.of(SERVER_NAME)))
                  .withServers(servers, servers)
                  .listeningOn(service.getHost(), service.getPort()));
    } catch (IOException e) {
      onClose.run();
      server.close();
      throw new ScriptException("the token service does not start: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      onClose.run();
      server.close();
      throw new ScriptException("interrupted", e);
    }
  }

  @Override
  public Optional<URI> sfuService() {
    return Optional.of(service);
  }

  @Override
  public URI baseUrl() {
    return server.baseUrl();
  }

  @Override
  public Account account(String localpart) {
    return server.account(localpart);
  }

  @Override
  public Optional<Insight> insight() {
    return server.insight();
  }

  @Override
  public Optional<EmbeddedHomeserver> embedded() {
    return server.embedded();
  }

  @Override
  public Optional<RequestLog> requestLog() {
    return server.requestLog();
  }

  @Override
  public Optional<ServerFaults> faults() {
    return server.faults();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      tokens.close();
      onClose.run();
    }
    server.close();
  }
}
