package io.matrixrtc.token;

import io.matrixrtc.session.LivekitNames;
import java.util.Optional;

/**
 * What a client asks for, whichever endpoint it asks at.
 *
 * @param roomId the Matrix room
 * @param slotId the slot in it
 * @param openIdToken what proves who asks
 * @param member the member that it claims to be; empty at {@code /sfu/get}
 * @param deviceId its device, which nothing proves
 * @param leave the delayed leave that it hands over, if it does
 */
record TokenRequest(
    String roomId,
    String slotId,
    OpenIdToken openIdToken,
    Optional<Member> member,
    String deviceId,
    Optional<DelayedLeave> leave) {
  /** The slot of {@code /sfu/get}, which names none. */
  static final String LEGACY_SLOT = "m.call#ROOM";

  /**
   * The member of a sticky membership.
   *
   * @param id the member id
   * @param claimedUserId who it says that it is; must be the OpenID token's user
   */
  record Member(String id, String claimedUserId) {}

  /** The LiveKit room. */
  String roomAlias() {
    return LivekitNames.roomAlias(roomId, slotId);
  }

  /**
   * The LiveKit participant identity (LK-IDENTITY).
   *
   * @param userId the user that the homeserver vouched for
   */
  String identity(String userId) {
    return member
        .map(claimed -> LivekitNames.stickyIdentity(userId, deviceId, claimed.id()))
        .orElseGet(() -> LivekitNames.stateIdentity(userId, deviceId));
  }
}
