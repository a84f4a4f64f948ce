package io.matrixrtc.session;

import java.time.Duration;
import java.util.Set;

/**
 * Tells the room of a call that begins (MSC4075): sent once, if this device is the first in it.
 *
 * @param type whether clients shall ring
 * @param lifetime how long it counts; {@value CallNotification#MAX_SECONDS} s at most
 * @param mentionedUsers users whom it concerns
 * @param mentionsRoom whether it concerns everyone in the room, which needs the power to say so
 */
public record NotificationRequest(
    CallNotification.Type type,
    Duration lifetime,
    Set<String> mentionedUsers,
    boolean mentionsRoom) {
  /** What matrix-js-sdk writes if nothing is asked for. */
  public static final Duration DEFAULT_LIFETIME = Duration.ofSeconds(90);

  public NotificationRequest {
    mentionedUsers = Set.copyOf(mentionedUsers);
    if (lifetime.isNegative() || lifetime.compareTo(CallNotification.MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException("lifetime: want 0 to 120 s, got " + lifetime);
    }
  }

  /** Rings for everyone in the room. */
  public static NotificationRequest ring() {
    return new NotificationRequest(CallNotification.Type.RING, DEFAULT_LIFETIME, Set.of(), true);
  }
}
