package io.matrixrtc.homeserver.http;

import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Does to requests what the faults say that they meet. Safe for many threads. */
public final class FaultStage {
  private final TimeSource time;

  public FaultStage(TimeSource time) {
    this.time = time;
  }

  /**
   * Takes a request past its fault, if it meets one.
   *
   * @param handler processes the request; asked once, later, or never
   */
  public CompletableFuture<Outcome> pass(
      FaultPlan.Passage met,
      Optional<String> userId,
      Supplier<CompletableFuture<Answer.Ready>> handler) {
    return past(met, userId, handler).whenComplete((outcome, failed) -> met.gone());
  }

  private CompletableFuture<Outcome> past(
      FaultPlan.Passage met,
      Optional<String> userId,
      Supplier<CompletableFuture<Answer.Ready>> handler) {
    Fault fault = met.fault().orElse(null);
    if (fault == null) {
      return handler.get().thenApply(answer -> Outcome.sent(answer, userId));
    }
    if (fault instanceof Fault.Reorder reorder) {
      TimeSource.Alarm limit = time.after(reorder.atMost(), met::giveUp);
      return met.turn()
          .thenCompose(
              turn -> {
                limit.cancel();
                return handler.get();
              })
          .thenApply(answer -> Outcome.sent(answer, userId));
    }
    if (fault instanceof Fault.DelayRequest delay) {
      return wait(delay.by())
          .thenCompose(waited -> handler.get())
          .thenApply(answer -> Outcome.sent(answer, userId));
    }
    if (fault instanceof Fault.DelayAnswer delay) {
      return handler
          .get()
          .thenCompose(
              answer -> wait(delay.by()).thenApply(waited -> Outcome.sent(answer, userId)));
    }
    if (fault instanceof Fault.DropAnswer) {
      return handler.get().thenApply(answer -> new Outcome(answer, userId, true));
    }
    if (fault instanceof Fault.CutAnswer cut) {
      return handler
          .get()
          .thenApply(
              answer -> {
                Body body = new CutBody(answer.content(), cut.bytes(), cut.asIfWhole());
                return Outcome.sent(stream(answer, body), userId);
              });
    }
    if (fault instanceof Fault.SlowAnswer slow) {
      return handler
          .get()
          .thenApply(
              answer -> {
                Body body = new SlowBody(answer.content(), slow.pieceBytes(), slow.pause(), time);
                return Outcome.sent(stream(answer, body), userId);
              });
    }
    if (fault instanceof Fault.DropRequest) {
      return done(new Outcome(Answer.ok(), userId, true));
    }
    if (fault instanceof Fault.TooManyRequests limit) {
      return done(Outcome.sent(Answer.tooManyRequests(limit.retryAfter()), userId));
    }
    if (fault instanceof Fault.ServerError error) {
      MatrixException provoked =
          new MatrixException(error.status(), ErrorCode.M_UNKNOWN, "provoked by a test");
      return done(Outcome.sent(provoked.answer(), userId));
    }
    throw new IllegalStateException("no such fault: " + fault);
  }

  private CompletableFuture<Void> wait(Duration by) {
    CompletableFuture<Void> waited = new CompletableFuture<>();
    time.after(by, () -> waited.complete(null));
    return waited;
  }

  private static Answer.Ready stream(Answer.Ready answer, Body body) {
    return new Answer.Stream(answer.status(), answer.headers(), body);
  }

  private static CompletableFuture<Outcome> done(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }
}
