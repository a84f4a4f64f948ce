package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import java.time.Duration;
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
