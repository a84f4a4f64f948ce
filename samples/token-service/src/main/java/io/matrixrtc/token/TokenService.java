package io.matrixrtc.token;

import io.matrixrtc.token.federation.CheckedHttp;
import io.matrixrtc.token.federation.DelayedEvents;
import io.matrixrtc.token.federation.Dialer;
import io.matrixrtc.token.federation.HostResolver;
import io.matrixrtc.token.federation.OpenIdLookup;
import io.matrixrtc.token.federation.SystemResolver;
import io.matrixrtc.token.leave.LeaveJobs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The LiveKit token service: proves by an OpenID token who a client is, and gives it a token for
 * the LiveKit room of its call. Wire-compatible with lk-jwt-service. Safe for many threads.
 */
public final class TokenService implements AutoCloseable {
  private static final int START_SECONDS = 20;
  private static final int IDLE_SECONDS = 30;
  private static final int GRACE_SECONDS = 2;

  private final Vertx vertx;
  private final Running running;

  private record Running(TokenServer front, CheckedHttp http, SfuRooms rooms, HttpServer server) {}

  private TokenService(Vertx vertx, Running running) {
    this.vertx = vertx;
    this.running = running;
  }

  /**
   * Starts the service.
   *
   * @throws IOException if it cannot listen there
   */
  public static TokenService start(TokenServiceConfig config)
      throws IOException, InterruptedException {
    return start(config, SystemResolver::new, Dialer.DIRECT, Clock.systemUTC());
  }

  /** As {@link #start(TokenServiceConfig)}, with other names and addresses, and another clock. */
  static TokenService start(
      TokenServiceConfig config, Function<Vertx, HostResolver> resolver, Dialer dialer, Clock clock)
      throws IOException, InterruptedException {
    Vertx vertx = Vertx.vertx();
    CompletableFuture<Running> started = new CompletableFuture<>();
    vertx
        .getOrCreateContext()
        .runOnContext(
            now ->
                Future.succeededFuture()
                    .compose(ready -> listen(vertx, config, resolver.apply(vertx), dialer, clock))
                    .onComplete(started::complete, started::completeExceptionally));
    try {
      return new TokenService(vertx, started.get(START_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      vertx.close();
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new IOException("cannot listen on " + config.host() + " port " + config.port(), cause);
    }
  }

  /** Puts the parts together; runs on the event loop that serves all requests. */
  private static Future<Running> listen(
      Vertx vertx, TokenServiceConfig config, HostResolver resolver, Dialer dialer, Clock clock) {
    CheckedHttp http = new CheckedHttp(vertx, resolver, config.addresses(), dialer, config.trust());
    OpenIdLookup openId =
        new OpenIdLookup(http, resolver, config.federationApis(), config.lookUpTimeout());
    DelayedEvents delayedEvents = new DelayedEvents(http, config.clientApis());
    SfuRooms rooms = new LivekitRooms(vertx, config.livekitUrl(), config.apiKey());
    LeaveJobs leaves =
        new LeaveJobs(
            vertx,
            delayedEvents,
            rooms::isPresent,
            config.sanityInterval(),
            clock,
            new SecureRandom(),
            LeaveJobs.MAX_JOBS,
            config.leaveFile());
    try {
      leaves.restore();
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    TokenServer front =
        new TokenServer(
            config,
            new TokenIssuer(config, openId, delayedEvents, rooms, leaves, clock),
            new WebhookReceiver(
                new SfuSignature(config.apiKey(), SfuSignature.LEEWAY, clock),
                leaves,
                config.lookUpTimeout()));
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(config.port())
            .setIdleTimeout(IDLE_SECONDS);
    return vertx
        .createHttpServer(options)
        .requestHandler(front::handle)
        .listen()
        .map(server -> new Running(front, http, rooms, server));
  }

  /** The port that it listens on. */
  public int port() {
    return running.server().actualPort();
  }

  /**
   * Refuses new requests from now on, at {@code /healthz} too, so that a load balancer goes
   * elsewhere; {@link #close} may follow later (LK-SHUTDOWN).
   */
  public void drain() {
    running.front().closing();
  }

  /** Stops; delegated leaves are then sent by the homeservers after their delays. */
  @Override
  public void close() {
    drain();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    running
        .server()
        .shutdown(GRACE_SECONDS, TimeUnit.SECONDS)
        .onComplete(done -> vertx.close().onComplete(ended -> closed.complete(null)));
    closed.completeOnTimeout(null, START_SECONDS, TimeUnit.SECONDS).join();
    running.http().close();
    running.rooms().close();
  }
}
