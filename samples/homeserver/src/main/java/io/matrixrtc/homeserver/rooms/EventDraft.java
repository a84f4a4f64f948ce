package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** An event that somebody wants to send. */
public record EventDraft(
    String roomId,
    String sender,
    String type,
    @Nullable String stateKey,
    ObjectNode content,
    @Nullable String redacts,
    @Nullable String senderDevice,
    @Nullable String transactionId) {

  public static EventDraft state(
      String roomId, String sender, String type, String stateKey, ObjectNode content) {
    return new EventDraft(roomId, sender, type, stateKey, content, null, null, null);
  }

  public static EventDraft message(String roomId, String sender, String type, ObjectNode content) {
    return new EventDraft(roomId, sender, type, null, content, null, null, null);
  }

  /** Sent by this device under this transaction id. */
  public EventDraft by(String deviceId, String transaction) {
    return new EventDraft(roomId, sender, type, stateKey, content, redacts, deviceId, transaction);
  }

  /** A redaction of that event. */
  public EventDraft redacting(String eventId) {
    return new EventDraft(
        roomId, sender, type, stateKey, content, eventId, senderDevice, transactionId);
  }
}
