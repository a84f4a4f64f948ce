package io.matrixrtc.session;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Calls a {@link RoomStatePublisher} so that there is one answer for each call, on the session's
 * executor, even if the publisher throws or never answers.
 */
final class PublisherCalls {
  /** A publisher that does not answer for so long never will. */
  static final Duration LIMIT = Duration.ofMinutes(1);

  private final RoomStatePublisher publisher;
  private final SerialScheduler scheduler;
  private final CallContext context;
  private final Logger log;

  PublisherCalls(
      RoomStatePublisher publisher, SerialScheduler scheduler, CallContext context, Logger log) {
    this.publisher = publisher;
    this.scheduler = scheduler;
    this.context = context;
    this.log = log;
  }

  void publish(OutgoingEvent event, Consumer<PublishOutcome> then) {
    call(() -> publish(event), PublishOutcome.Unreachable::new, then);
  }

  private CompletionStage<PublishOutcome> publish(OutgoingEvent event) {
    if (event instanceof OutgoingEvent.State state) {
      return publisher.putState(state.type(), state.stateKey(), state.content());
    } else if (event instanceof OutgoingEvent.Message message) {
      return publisher.sendMessage(message);
    }
    throw new IllegalStateException("unknown event");
  }

  void schedule(OutgoingEvent event, Duration delay, Consumer<ScheduleOutcome> then) {
    call(() -> publisher.schedule(event, delay), ScheduleOutcome.Unreachable::new, then);
  }

  void update(DelayId id, DelayedAction action, Consumer<DelayedUpdateOutcome> then) {
    call(() -> publisher.updateDelayed(id, action), DelayedUpdateOutcome.Unreachable::new, then);
  }

  private <T> void call(
      Supplier<CompletionStage<T>> call, Function<String, T> unreachable, Consumer<T> then) {
    CompletableFuture<T> once = new CompletableFuture<>();
    SerialScheduler.Timer limit =
        scheduler.schedule(
            scheduler.now().plus(LIMIT), () -> once.complete(unreachable.apply("no answer")));
    once.thenAccept(
        outcome -> {
          limit.cancel();
          scheduler.execute(() -> then.accept(outcome));
        });
    try {
      call.get()
          .whenComplete(
              (outcome, failure) ->
                  once.complete(
                      failure == null
                          ? outcome
                          : unreachable.apply(failure.getClass().getSimpleName())));
    } catch (RuntimeException e) {
      log.error("{} the publisher failed", context, e);
      once.complete(unreachable.apply(e.getClass().getSimpleName()));
    }
  }
}
