package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.ScheduleOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@link RoomStatePublisher} of one room, through the client-server API; one try (STATE-ONCE).
 * Message events are encrypted where the room is, if there is something to encrypt them with; state
 * events and delayed ones never are.
 */
public final class HomeserverStatePublisher implements RoomStatePublisher {
  /**
   * A homeserver that takes longer counts as unreachable (STATE-LIMIT): a membership that is late
   * is better put again than waited for.
   */
  public static final Duration TIME_LIMIT = Duration.ofSeconds(10);

  /**
   * To encrypt takes as long at most, with device lists and keys to fetch and send before
   * (STATE-LIMIT); what is done later still goes out, and replaces nothing newer.
   */
  static final Duration ENCRYPTION_LIMIT = Duration.ofSeconds(25);

  private final SerialScheduler scheduler;
  private final Optional<EncryptedRooms> encryption;
  private final RoomsApi rooms;
  private final DelayedEventsApi delayedEvents;
  private final String roomId;
  private final String transactions;
  private final AtomicLong lastTransaction = new AtomicLong();

  /** Puts state of {@code roomId}; encrypts nothing. */
  public HomeserverStatePublisher(MatrixClient client, String roomId) {
    this(client, roomId, Optional.empty());
  }

  /** Encrypts message events where the room is encrypted. */
  HomeserverStatePublisher(MatrixClient client, String roomId, EncryptedRooms encryption) {
    this(client, roomId, Optional.of(encryption));
  }

  private HomeserverStatePublisher(
      MatrixClient client, String roomId, Optional<EncryptedRooms> encryption) {
    this.scheduler = client.settings().scheduler();
    this.encryption = encryption;
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
    return encryption.isPresent()
        ? encrypted(encryption.get(), event)
        : send(event, event.type(), event.content());
  }

  private CompletionStage<PublishOutcome> send(
      OutgoingEvent.Message event, String type, ObjectNode content) {
    return once(event, type, content).thenApply(HomeserverStatePublisher::outcome);
  }

  private CompletionStage<ApiResult<String>> once(
      OutgoingEvent.Message event, String type, ObjectNode content) {
    return rooms.sendEventOnce(
        roomId, type, event.transactionId(), content, event.stickyFor(), TIME_LIMIT);
  }

  /** ROOMS-STICKY: the room key goes out first, to every device that may have it. */
  private CompletionStage<PublishOutcome> encrypted(
      EncryptedRooms rooms, OutgoingEvent.Message event) {
    CompletableFuture<PublishOutcome> end = new CompletableFuture<>();
    SerialScheduler.Timer limit =
        scheduler.schedule(
            scheduler.now().plus(ENCRYPTION_LIMIT),
            () ->
                end.complete(
                    new PublishOutcome.Unreachable("the room's key does not get to its devices")));
    rooms
        .send(
            roomId,
            event.type(),
            event.content(),
            (id, content) -> once(event, EncryptedRooms.ENCRYPTED, content))
        .thenCompose(outcome -> published(event, outcome))
        .whenComplete(
            (outcome, bug) -> {
              limit.cancel();
              if (bug == null) {
                end.complete(outcome);
              } else {
                end.completeExceptionally(bug);
              }
            });
    return end;
  }

  private CompletionStage<PublishOutcome> published(
      OutgoingEvent.Message event, RoomSendOutcome outcome) {
    if (outcome instanceof RoomSendOutcome.Sent sent) {
      return CompletableFuture.completedFuture(new PublishOutcome.Published(sent.eventId()));
    } else if (outcome instanceof RoomSendOutcome.Failed failed) {
      return CompletableFuture.completedFuture(outcome(failed.failure()));
    }
    return send(event, event.type(), event.content()); // the room is not encrypted
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
                        DelayedOutcomes.needsLimits(failure)
                            ? withLimits(failure, delay)
                            : done(DelayedOutcomes.scheduling(failure))));
  }

  private CompletionStage<ScheduleOutcome> withLimits(ApiFailure failure, Duration asked) {
    return delayedEvents
        .limits(TIME_LIMIT)
        .thenApply(
            result ->
                result.fold(
                    limits -> DelayedOutcomes.scheduling(failure, asked, limits),
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
