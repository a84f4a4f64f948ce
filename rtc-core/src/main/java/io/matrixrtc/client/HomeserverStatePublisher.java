package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.ScheduleOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@link RoomStatePublisher} of one room, through the client-server API; one try (STATE-ONCE).
 * Message events go out in the clear, as state events do.
 */
public final class HomeserverStatePublisher implements RoomStatePublisher {
  /**
   * A homeserver that takes longer counts as unreachable (STATE-LIMIT): a membership that is late
   * is better put again than waited for.
   */
  public static final Duration TIME_LIMIT = Duration.ofSeconds(10);

  private final RoomsApi rooms;
  private final DelayedEventsApi delayedEvents;
  private final String roomId;
  private final String transactions;
  private final AtomicLong lastTransaction = new AtomicLong();

  /** Puts state of {@code roomId}. */
  public HomeserverStatePublisher(MatrixClient client, String roomId) {
    this.rooms = client.rooms();
    this.delayedEvents = client.delayedEvents();
    this.roomId = roomId;
    this.transactions = Long.toHexString(client.settings().random().nextLong()) + ".";
  }

  @Override
  public CompletionStage<PublishOutcome> putState(
      String eventType, String stateKey, ObjectNode content) {
    return rooms
        .sendStateOnce(roomId, eventType, stateKey, content, TIME_LIMIT)
        .thenApply(HomeserverStatePublisher::outcome);
  }

  @Override
  public CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
    return rooms
        .sendEventOnce(
            roomId,
            event.type(),
            event.transactionId(),
            event.content(),
            event.stickyFor(),
            TIME_LIMIT)
        .thenApply(HomeserverStatePublisher::outcome);
  }

  @Override
  public CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
    String transaction = transactions + lastTransaction.incrementAndGet();
    return delayedEvents
        .schedule(roomId, event, delay, transaction, TIME_LIMIT)
        .thenCompose(
            result ->
                result.fold(
                    id -> done(new ScheduleOutcome.Scheduled(id)),
                    failure ->
                        DelayedOutcomes.isForbidden(failure)
                            ? forbidden(failure, delay)
                            : done(DelayedOutcomes.scheduling(failure))));
  }

  private CompletionStage<ScheduleOutcome> forbidden(ApiFailure failure, Duration asked) {
    return delayedEvents
        .limits(TIME_LIMIT)
        .thenApply(
            result ->
                result.fold(
                    limits -> DelayedOutcomes.forbidden(failure, asked, limits),
                    DelayedOutcomes::scheduling));
  }

  private static CompletionStage<ScheduleOutcome> done(ScheduleOutcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  @Override
  public CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
    return delayedEvents
        .update(id, action, TIME_LIMIT)
        .thenApply(
            result ->
                result.fold(done -> new DelayedUpdateOutcome.Done(), DelayedOutcomes::updating));
  }

  private static PublishOutcome outcome(ApiResult<String> result) {
    return result.fold(PublishOutcome.Published::new, HomeserverStatePublisher::outcome);
  }

  private static PublishOutcome outcome(ApiFailure failure) {
    if (failure instanceof ApiFailure.RateLimited limited) {
      return new PublishOutcome.RateLimited(limited.retryAfter());
    } else if (failure.isTransient()) {
      return new PublishOutcome.Unreachable(failure.sentence());
    } else if (failure instanceof ApiFailure.Unsupported unsupported) {
      return new PublishOutcome.Unsupported(unsupported.sentence());
    } else if (failure instanceof ApiFailure.Refused refused) {
      return refused.status() == 403
          ? new PublishOutcome.Forbidden(refused.message())
          : new PublishOutcome.Rejected(refused.errcode(), refused.message());
    }
    return new PublishOutcome.Rejected("M_UNKNOWN", failure.sentence());
  }
}
