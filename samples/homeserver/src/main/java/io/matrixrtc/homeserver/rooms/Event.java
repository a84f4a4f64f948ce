package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A room event as stored.
 *
 * @param position its number in the server's stream
 * @param stateKey null for a message event
 * @param replaces position of the state event that it took the place of
 * @param redacts event id that a redaction redacts
 * @param redactedBy position of the redaction of this event
 * @param senderDevice device that sent it with {@code transactionId}
 * @param stickyMillis for how long it is sticky (MSC4354), as its sender asked
 * @param delayId the delayed event (MSC4140) that it was
 */
public record Event(
    String roomId,
    long position,
    String eventId,
    String type,
    @Nullable String stateKey,
    String sender,
    ObjectNode content,
    long originServerTs,
    @Nullable Long replaces,
    @Nullable String redacts,
    @Nullable Long redactedBy,
    @Nullable String senderDevice,
    @Nullable String transactionId,
    @Nullable Long stickyMillis,
    @Nullable String delayId) {
  /** HS-STICKY-BOUND: a longer duration counts as this one. */
  public static final long MAX_STICKY_MILLIS = 3_600_000;

  public boolean isState() {
    return stateKey != null;
  }

  /** Whether it is the state event of this type and key. */
  public boolean isState(String wantedType, String wantedKey) {
    return type.equals(wantedType) && wantedKey.equals(stateKey);
  }

  /** The {@code membership} of a member event; empty text if there is none. */
  public String membership() {
    return content.path("membership").asText("");
  }

  /** For how long it is still sticky; 0 if it is not, or not any more. */
  public long stickyFor(long nowMillis) {
    if (stickyMillis == null) {
      return 0;
    }
    return Math.max(0, originServerTs + Math.min(MAX_STICKY_MILLIS, stickyMillis) - nowMillis);
  }

  /** Without its content, and sticky no more: neither is protected from redaction. */
  Event redacted(ObjectNode remaining, long by) {
    return new Event(
        roomId,
        position,
        eventId,
        type,
        stateKey,
        sender,
        remaining,
        originServerTs,
        replaces,
        redacts,
        by,
        senderDevice,
        transactionId,
        null,
        delayId);
  }
}
