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

/** {@link RoomStatePublisher} of one room, through the client-server API; one try (STATE-ONCE). */
public final class HomeserverStatePublisher implements RoomStatePublisher {
  /**
   * A homeserver that takes longer counts as unreachable (STATE-LIMIT): a membership that is late
   * is better put again than waited for.
   */
  public static final Duration TIME_LIMIT = Duration.ofSeconds(10);

  private final RoomsApi rooms;
  private final String roomId;

  /** Puts state of {@code roomId}. */
  public HomeserverStatePublisher(RoomsApi rooms, String roomId) {
    this.rooms = rooms;
    this.roomId = roomId;
  }

  @Override
  public CompletionStage<PublishOutcome> putState(
      String eventType, String stateKey, ObjectNode content) {
    return rooms
        .sendStateOnce(roomId, eventType, stateKey, content, TIME_LIMIT)
        .thenApply(
            result ->
                result.fold(PublishOutcome.Published::new, HomeserverStatePublisher::outcome));
  }

  /** Not carried yet: sessions then use state events alone. */
  @Override
  public CompletionStage<PublishOutcome> sendMessage(OutgoingEvent.Message event) {
    return CompletableFuture.completedFuture(
        new PublishOutcome.Unsupported("this client sends no message events for sessions"));
  }

  /** Not carried yet: as with a homeserver that has no delayed events. */
  @Override
  public CompletionStage<ScheduleOutcome> schedule(OutgoingEvent event, Duration delay) {
    return CompletableFuture.completedFuture(
        new ScheduleOutcome.Unsupported("this client schedules no delayed events"));
  }

  @Override
  public CompletionStage<DelayedUpdateOutcome> updateDelayed(DelayId id, DelayedAction action) {
    return CompletableFuture.completedFuture(
        new DelayedUpdateOutcome.Unsupported("this client schedules no delayed events"));
  }

  private static PublishOutcome outcome(ApiFailure failure) {
    if (failure instanceof ApiFailure.RateLimited limited) {
      return new PublishOutcome.RateLimited(limited.retryAfter());
    } else if (failure.isTransient()) {
      return new PublishOutcome.Unreachable(failure.sentence());
    } else if (failure instanceof ApiFailure.Refused refused) {
      return refused.status() == 403
          ? new PublishOutcome.Forbidden(refused.message())
          : new PublishOutcome.Rejected(refused.errcode(), refused.message());
    }
    return new PublishOutcome.Rejected("M_UNKNOWN", failure.sentence());
  }
}
