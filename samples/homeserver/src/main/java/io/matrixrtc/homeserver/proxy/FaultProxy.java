package io.matrixrtc.homeserver.proxy;

import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.http.FaultStage;
import io.matrixrtc.homeserver.http.Listener;
import io.matrixrtc.homeserver.http.Outcome;
import io.matrixrtc.homeserver.http.PortReturn;
import io.matrixrtc.homeserver.http.RateLimits;
import io.matrixrtc.homeserver.http.RawRequest;
import io.matrixrtc.homeserver.http.RequestHandler;
import io.matrixrtc.homeserver.time.SystemTime;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way to any homeserver on which requests meet provoked faults, as they do at the embedded one.
 * Everything else goes by unchanged, but for what is of one connection only; whole requests and
 * answers are held, so a streamed answer comes in one piece, and none is compressed. Preflight
 * requests of browsers are answered here. A homeserver that does not answer, or cannot be asked
 * since the path is no URI, is a connection that closes. For tests: it listens on loopback, without
 * TLS. Safe for many threads.
 */
public final class FaultProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FaultProxy.class);
  private static final String LOOPBACK = "127.0.0.1";

  /** Room for uploads; what is too large is for the homeserver to say. */
  private static final int MAX_REQUEST_BYTES = 256 << 20;

  private final URI homeserver;
  private final FaultPlan faults = new FaultPlan();
  private final RequestLog requestLog = new RequestLog();
  private final RequestLog forwarded = new RequestLog();
  private final HeldSyncs heldSyncs = new HeldSyncs();
  private final TokenOwners owners = new TokenOwners();
  private final FaultStage provoked = new FaultStage(new SystemTime());
  private volatile Running running;

  /** What a restart replaces. */
  private record Running(Upstream upstream, Listener listener) {}

  private FaultProxy(URI homeserver) throws BindFailed {
    this.homeserver = homeserver;
    this.running = run(0);
  }

  /**
   * Listens on a free port; blocks until it does. The homeserver need not run yet.
   *
   * @param homeserver its base URL, {@code http} or {@code https}
   * @throws BindFailed if it cannot listen
   */
  public static FaultProxy start(URI homeserver) throws BindFailed {
    return new FaultProxy(homeserver);
  }

  private Running run(int port) throws BindFailed {
    Upstream upstream = new Upstream(homeserver);
    RequestHandler handler = request -> answer(request, upstream);
    try {
      return new Running(
          upstream,
          Listener.start(
              new Listener.Address(LOOPBACK, port),
              new Listener.Limits(MAX_REQUEST_BYTES, RateLimits.off(), false),
              handler,
              requestLog));
    } catch (BindFailed e) {
      upstream.close();
      throw e;
    }
  }

  private CompletableFuture<Outcome> answer(RawRequest request, Upstream upstream) {
    return owners
        .ownerOf(request.token(), upstream)
        .thenCompose(
            userId ->
                provoked.pass(
                    faults.meet(request.method(), request.path(), userId),
                    userId,
                    () -> pass(request, userId, upstream)))
        .exceptionally(
            unanswered -> {
              LOG.debug("{} {} has no answer", request.method(), request.path(), unanswered);
              return new Outcome(Answer.ok(), Optional.empty(), true);
            });
  }

  private CompletableFuture<Answer.Ready> pass(
      RawRequest request, Optional<String> userId, Upstream upstream) {
    return heldSyncs
        .passed(request.path(), userId)
        .thenCompose(
            passed -> {
              forwarded.tell(
                  new Exchange(
                      request.method(),
                      request.uri(),
                      request.headers(),
                      userId,
                      request.body(),
                      0,
                      new byte[0]));
              return upstream.send(request);
            })
        .thenCompose(
            answer -> heldSyncs.passed(request.path(), userId).thenApply(passed -> answer));
  }

  /** Where clients reach the homeserver through it, without a slash at the end. */
  public URI baseUrl() {
    return URI.create("http://" + LOOPBACK + ":" + running.listener().port());
  }

  /** Provoked faults; kept over a restart. */
  public FaultPlan faults() {
    return faults;
  }

  /** Tells of every request that is answered; listeners are kept over a restart. */
  public RequestLog requestLog() {
    return requestLog;
  }

  /**
   * Tells of every request before it is passed on, and so of all that the homeserver can have seen,
   * also where no answer came. Status 0 and no body stand for the answer.
   */
  public RequestLog forwarded() {
    return forwarded;
  }

  /**
   * From now on a user's syncs are not answered, whatever their timeout; those that are open
   * included.
   */
  public void withholdSync(String userId) {
    heldSyncs.withhold(userId);
  }

  /** Ends {@link #withholdSync}; what was held goes on at once. */
  public void releaseSync(String userId) {
    heldSyncs.release(userId);
  }

  /**
   * Stops listening and listens again on the same port: for clients, a homeserver that restarts.
   * Open requests are lost, processed or not.
   *
   * @throws BindFailed if somebody else took the port meanwhile and keeps it for 20 s; the proxy is
   *     then closed
   */
  public synchronized void restart() throws BindFailed {
    int port = running.listener().port();
    close();
    running = PortReturn.await(() -> run(port));
  }

  /** Stops listening and closes all connections. */
  @Override
  public synchronized void close() {
    running.upstream().close();
    running.listener().close();
  }
}
