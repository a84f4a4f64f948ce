package io.matrixrtc.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Someone tells of a call (MSC4075).
 *
 * @param eventId the event
 * @param sender who
 * @param type whether to ring
 * @param memberEventId the membership that it refers to, if any
 * @param slotId the slot, if it names one
 * @param intent {@code audio}, {@code video} or another word; empty if unstated
 * @param mentionedUsers whom it concerns
 * @param mentionsRoom whether it concerns everyone in the room
 * @param endsAt when it no longer counts
 */
public record CallNotification(
    String eventId,
    String sender,
    Type type,
    Optional<String> memberEventId,
    Optional<String> slotId,
    Optional<String> intent,
    Set<String> mentionedUsers,
    boolean mentionsRoom,
    Instant endsAt) {
  static final int MAX_SECONDS = 120;

  /** No notification counts for longer (matrix-js-sdk from 43.0; 90 s before). */
  public static final Duration MAX_LIFETIME = Duration.ofSeconds(MAX_SECONDS);

  public CallNotification {
    mentionedUsers = Set.copyOf(mentionedUsers);
  }

  /** What clients shall do. */
  public enum Type {
    /** Ring. */
    RING,
    /** Show it, like a message. */
    NOTIFICATION
  }
}
