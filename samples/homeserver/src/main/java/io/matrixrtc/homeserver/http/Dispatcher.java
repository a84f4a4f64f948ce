package io.matrixrtc.homeserver.http;

import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.store.StateThread;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request through its stages: route, token, provoked faults, rate limit, handler. Works on
 * the state thread; its futures complete there or on the alarm thread.
 */
final class Dispatcher implements RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** What is known before the handler runs. */
  private record Admission(Routes.Match match, Optional<Session> session, FaultPlan.Passage way) {
    Optional<String> userId() {
      return session.map(Session::userId);
    }
  }

  private final Routes routes;
  private final Tokens tokens;
  private final FaultPlan faults;
  private final RateLimiter limiter;
  private final StateThread state;
  private final FaultStage provoked;

  Dispatcher(Routes routes, Tokens tokens, RateLimits limits, Listener.Surroundings around) {
    this.routes = routes;
    this.tokens = tokens;
    this.faults = around.faults();
    this.limiter = new RateLimiter(limits, around.time());
    this.state = around.state();
    this.provoked = new FaultStage(around.time());
  }

  @Override
  public CompletableFuture<Outcome> handle(RawRequest raw) {
    return state
        .submit(() -> admit(raw))
        .thenCompose(
            admission ->
                provoked.pass(admission.way(), admission.userId(), () -> process(raw, admission)))
        .exceptionally(e -> Outcome.sent(answerFor(raw, e), Optional.empty()));
  }

  private Admission admit(RawRequest raw) {
    Optional<Session> session = raw.token().flatMap(tokens::session);
    FaultPlan.Passage way = faults.meet(raw.method(), raw.path(), session.map(Session::userId));
    return new Admission(routes.match(raw.method(), raw.path()), session, way);
  }

  private CompletableFuture<Answer.Ready> process(RawRequest raw, Admission admission) {
    return state
        .submit(() -> run(raw, admission))
        .thenCompose(
            answer ->
                answer instanceof Answer.Later later
                    ? later.answer().thenApply(now -> (Answer.Ready) now)
                    : done((Answer.Ready) answer))
        .exceptionally(e -> answerFor(raw, e));
  }

  private Answer run(RawRequest raw, Admission admission) {
    if (!(admission.match() instanceof Routes.Match.Found found)) {
      boolean known = admission.match() instanceof Routes.Match.OtherMethod;
      throw new MatrixException(
          known ? 405 : 404, ErrorCode.M_UNRECOGNIZED, "Unrecognized request");
    }
    Route route = found.route();
    // Asked again: a provoked delay may have outlived the token.
    String token = raw.token().orElse(null);
    Session session = token == null ? null : tokens.session(token).orElse(null);
    if (route.access() == Route.Access.REQUIRED && session == null) {
      throw token == null
          ? new MatrixException(ErrorCode.M_MISSING_TOKEN, "Missing access token")
          : MatrixException.unknownToken(tokens.isExpired(token));
    }
    if (token != null && session != null) {
      tokens.seen(token, session, raw.address());
    }
    route.rate().ifPresent(rateClass -> limit(rateClass, raw, session));
    return route.handler().handle(new Request(raw, found.path(), session));
  }

  private void limit(RateClass rateClass, RawRequest raw, @Nullable Session session) {
    boolean byAddress =
        session == null || rateClass == RateClass.LOGIN || rateClass == RateClass.REGISTRATION;
    limiter
        .take(rateClass, byAddress || session == null ? raw.address() : session.userId())
        .ifPresent(
            wait -> {
              throw MatrixException.limited(wait);
            });
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private static Answer.Now answerFor(RawRequest raw, Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (cause instanceof MatrixException error) {
      return error.answer();
    }
    LOG.error("{} {} failed", raw.method(), raw.path(), cause);
    MatrixException internal =
        new MatrixException(500, ErrorCode.M_UNKNOWN, "Internal server error");
    return internal.answer();
  }
}
