package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * An event that somebody wants to send.
 *
 * @param stateKey null for a message event
 * @param redacts event id that a redaction redacts
 * @param senderDevice device that sends it with {@code transactionId}
 * @param stickyMillis for how long it is to be sticky (MSC4354)
 * @param delayId the delayed event (MSC4140) that it was
 */
public record EventDraft(
    String roomId,
    String sender,
    String type,
    @Nullable String stateKey,
    ObjectNode content,
    @Nullable String redacts,
    @Nullable String senderDevice,
    @Nullable String transactionId,
    @Nullable Long stickyMillis,
    @Nullable String delayId) {

  public static EventDraft state(
      String roomId, String sender, String type, String stateKey, ObjectNode content) {
    return new EventDraft(roomId, sender, type, stateKey, content, null, null, null, null, null);
  }

  public static EventDraft message(String roomId, String sender, String type, ObjectNode content) {
    return new EventDraft(roomId, sender, type, null, content, null, null, null, null, null);
  }

  /** Sent by this device under this transaction id. */
  public EventDraft by(@Nullable String deviceId, @Nullable String transaction) {
    return new EventDraft(
        roomId,
        sender,
        type,
        stateKey,
        content,
        redacts,
        deviceId,
        transaction,
        stickyMillis,
        delayId);
  }

  /** A redaction of that event. */
  public EventDraft redacting(String eventId) {
    return new EventDraft(
        roomId,
        sender,
        type,
        stateKey,
        content,
        eventId,
        senderDevice,
        transactionId,
        stickyMillis,
        delayId);
  }

  /** Sticky for this time. */
  public EventDraft sticky(@Nullable Long millis) {
    return new EventDraft(
        roomId,
        sender,
        type,
        stateKey,
        content,
        redacts,
        senderDevice,
        transactionId,
        millis,
        delayId);
  }

  /** Sent now for the delayed event of this id. */
  public EventDraft delayed(String id) {
    return new EventDraft(
        roomId,
        sender,
        type,
        stateKey,
        content,
        redacts,
        senderDevice,
        transactionId,
        stickyMillis,
        id);
  }
}
