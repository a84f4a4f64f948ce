package io.matrixrtc.homeserver.delayed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.rooms.EventDraft;
import org.jspecify.annotations.Nullable;

/**
 * A delayed event as stored.
 *
 * @param delayId its id, which is a secret: who knows it may send or cancel the event
 * @param userId who is to be its sender
 * @param deviceId the device that scheduled it
 * @param stateKey null for a message event
 * @param delayMillis from scheduling or the latest restart to the sending
 * @param since when it was scheduled or restarted last, in ms since 1970
 * @param stickyMillis for how long the event is to be sticky once it is sent
 * @param outcome how it ended; null while it is scheduled
 */
record DelayedEvent(
    String delayId,
    String userId,
    @Nullable String deviceId,
    String roomId,
    String type,
    @Nullable String stateKey,
    ObjectNode content,
    long delayMillis,
    long since,
    @Nullable Long stickyMillis,
    @Nullable Outcome outcome) {

  /**
   * How it ended: with neither an event nor an error it was cancelled.
   *
   * @param at when, in ms since 1970
   * @param eventId the event that was sent
   * @param error the Matrix error that prevented it
   */
  record Outcome(long at, @Nullable String eventId, @Nullable ObjectNode error) {}

  static DelayedEvent of(String delayId, EventDraft draft, long delayMillis, long now) {
    return new DelayedEvent(
        delayId,
        draft.sender(),
        draft.senderDevice(),
        draft.roomId(),
        draft.type(),
        draft.stateKey(),
        draft.content(),
        delayMillis,
        now,
        draft.stickyMillis(),
        null);
  }

  long sendAt() {
    return since + delayMillis;
  }

  DelayedEvent restarted(long now) {
    return new DelayedEvent(
        delayId,
        userId,
        deviceId,
        roomId,
        type,
        stateKey,
        content,
        delayMillis,
        now,
        stickyMillis,
        null);
  }

  DelayedEvent ended(Outcome how) {
    return new DelayedEvent(
        delayId,
        userId,
        deviceId,
        roomId,
        type,
        stateKey,
        content,
        delayMillis,
        since,
        stickyMillis,
        how);
  }

  /** The event to send. It has no transaction of its own. */
  EventDraft draft() {
    EventDraft draft =
        stateKey == null
            ? EventDraft.message(roomId, userId, type, content)
            : EventDraft.state(roomId, userId, type, stateKey, content);
    return draft.by(deviceId, null).sticky(stickyMillis).delayed(delayId);
  }
}
