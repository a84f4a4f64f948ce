package io.matrixrtc.homeserver.http;

import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.time.TimeSource;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A listening server for a route table. */
public final class Listener implements AutoCloseable {
  private static final int EVENT_LOOPS = 2;
  private static final long START_SECONDS = 30;

  private final Vertx vertx;
  private final HttpServer server;

  private Listener(Vertx vertx, HttpServer server) {
    this.vertx = vertx;
    this.server = server;
  }

  /** Where to listen; port 0 is any free one. */
  public record Address(String host, int port) {}

  /**
   * What the front takes and gives: request sizes and rates, and whether answers are compressed.
   */
  public record Limits(int maxRequestBytes, RateLimits rates, boolean gzip) {}

  /** What the front works with beside the routes. */
  public record Surroundings(
      StateThread state, TimeSource time, FaultPlan faults, RequestLog log) {}

  /**
   * Listens; blocks until it does.
   *
   * @throws BindFailed if the address is taken or not ours
   */
  public static Listener start(
      Address address, Limits limits, Routes routes, Tokens tokens, Surroundings around)
      throws BindFailed {
    return start(
        address, limits, new Dispatcher(routes, tokens, limits.rates(), around), around.log());
  }

  /**
   * Listens for requests that {@code handler} answers; blocks until it does. The rates of {@code
   * limits} are the handler's business.
   *
   * @throws BindFailed if the address is taken or not ours
   */
  public static Listener start(
      Address address, Limits limits, RequestHandler handler, RequestLog log) throws BindFailed {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
    HttpServer server =
        new HttpFront(vertx, handler, log, limits.maxRequestBytes(), limits.gzip())
            .create(address.host(), address.port());
    Listener listener = new Listener(vertx, server);
    try {
      server
          .listen()
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_SECONDS, TimeUnit.SECONDS);
      return listener;
    } catch (ExecutionException | TimeoutException e) {
      listener.close();
      throw new BindFailed(
          address.host(), address.port(), e instanceof ExecutionException ? e.getCause() : e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      listener.close();
      throw new BindFailed(address.host(), address.port(), e);
    }
  }

  /** The port that is listened on. */
  public int port() {
    return server.actualPort();
  }

  /** Stops listening and closes all connections, unanswered requests included. */
  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
