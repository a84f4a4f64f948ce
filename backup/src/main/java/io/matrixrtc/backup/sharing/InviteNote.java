package io.matrixrtc.backup.sharing;

import java.time.Duration;
import java.time.Instant;

/**
 * A durable note that this device joined a room by accepting an invite; what makes a bundle of the
 * inviter welcome.
 *
 * @param roomId the room
 * @param inviter who invited us
 * @param acceptedAt when we accepted
 */
public record InviteNote(String roomId, String inviter, Instant acceptedAt) {
  /** After this time a bundle is not welcome any more. */
  public static final Duration LIFETIME = Duration.ofHours(24);

  /** Whether bundles are still welcome; a clock that went back does not make it older. */
  public boolean isFresh(Instant now) {
    return now.isBefore(acceptedAt.plus(LIFETIME));
  }
}
