package io.matrixrtc.session;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One device's membership of a session, from any wire generation.
 *
 * @param eventId the event that states it
 * @param device who: the event's sender and the device that it names
 * @param slot where
 * @param memberId its id within the session
 * @param createdAt when this participation began; a refresh keeps it
 * @param expiresAt when it ends by itself, if it does
 * @param mediaIdentity the LiveKit participant identity
 * @param intent {@code audio}, {@code video} or another word; empty if unstated
 * @param focusSelection {@code multi_sfu}, {@code oldest_membership} or another word
 * @param transports how its media travels, the preferred one first
 */
public record Membership(
    String eventId,
    DeviceAddress device,
    SlotId slot,
    String memberId,
    Instant createdAt,
    Optional<Instant> expiresAt,
    String mediaIdentity,
    Optional<String> intent,
    Optional<String> focusSelection,
    List<Transport> transports) {
  public Membership {
    transports = List.copyOf(transports);
  }

  /** This participation, as key distribution sees it: equal as long as it is the same one. */
  public CallMember callMember() {
    return new CallMember(device, memberId, createdAt, mediaIdentity);
  }
}
