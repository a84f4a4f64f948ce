package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Sends call notifications and declines: sticky where the homeserver can, repeated until they no
 * longer matter (NOTICE-RETRY). Confined to the session's executor.
 */
final class NoticeSender {
  private final SessionSettings settings;
  private final PublisherCalls publisher;
  private final SerialScheduler scheduler;
  private long last;
  private boolean closed;

  NoticeSender(SessionSettings settings, PublisherCalls publisher, SerialScheduler scheduler) {
    this.settings = settings;
    this.publisher = publisher;
    this.scheduler = scheduler;
  }

  /**
   * Sends one.
   *
   * @param until after this it is not tried again
   * @param then told of the last outcome
   */
  void send(
      String type,
      ObjectNode content,
      Duration stickyFor,
      Instant until,
      Consumer<PublishOutcome> then) {
    // Member ids of state events are no other in the next run, the time is.
    String transaction =
        settings.memberId() + ".n." + scheduler.now().toEpochMilli() + "." + ++last;
    attempt(new OutgoingEvent.Message(type, transaction, content, stickyFor), until, 1, then);
  }

  void close() {
    closed = true;
  }

  private void attempt(
      OutgoingEvent.Message event, Instant until, int tries, Consumer<PublishOutcome> then) {
    publisher.publish(
        event,
        outcome -> {
          if (outcome instanceof PublishOutcome.Unsupported && !event.stickyFor().isZero()) {
            attempt(plain(event), until, tries, then);
            return;
          }
          Duration wait = settings.timing().retryAfter(tries);
          boolean again = outcome instanceof PublishOutcome.Unreachable;
          if (outcome instanceof PublishOutcome.RateLimited limited) {
            wait = settings.timing().waitAsTold(limited.retryAfter(), tries);
            again = true;
          }
          Instant next = scheduler.now().plus(wait);
          if (again && !closed && next.isBefore(until)) {
            scheduler.schedule(next, () -> attempt(event, until, tries + 1, then));
          } else {
            then.accept(outcome);
          }
        });
  }

  private static OutgoingEvent.Message plain(OutgoingEvent.Message event) {
    return new OutgoingEvent.Message(
        event.type(), event.transactionId() + ".p", event.content(), Duration.ZERO);
  }
}
