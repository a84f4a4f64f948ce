package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One device's membership of a session, from any wire generation.
 *
 * @param eventId the event that states it
 * @param form the wire generation
 * @param device who: the event's sender and the device that it names
 * @param slot where
 * @param memberId its id within the session
 * @param createdAt what members are sorted by: for a state event the begin of the participation,
 *     for a sticky one the time of its newest event, as in matrix-js-sdk
 * @param joinedAt when this participation began, as far as is known; a refresh keeps it
 * @param expiresAt when it ends by itself: after its lifetime, or when its stickiness ends
 * @param mediaIdentity the LiveKit participant identity
 * @param scope {@code m.room} or another word; empty if unstated
 * @param intent {@code audio}, {@code video} or another word; empty if unstated
 * @param focusSelection {@code multi_sfu}, {@code oldest_membership} or another word; empty for
 *     sticky memberships
 * @param transports how its media travels, the preferred one first
 * @param application what the application says: {@code type}, its intent and fields of its own
 */
public record Membership(
    String eventId,
    MembershipForm form,
    DeviceAddress device,
    SlotId slot,
    String memberId,
    Instant createdAt,
    Instant joinedAt,
    Optional<Instant> expiresAt,
    String mediaIdentity,
    Optional<String> scope,
    Optional<String> intent,
    Optional<String> focusSelection,
    List<Transport> transports,
    ObjectNode application) {
  public Membership {
    transports = List.copyOf(transports);
    application = application.deepCopy();
  }

  @Override
  public ObjectNode application() {
    return application.deepCopy();
  }

  /** This participation, as key distribution sees it: equal as long as it is the same one. */
  public CallMember callMember() {
    return new CallMember(device, memberId, joinedAt, mediaIdentity);
  }

  /**
   * The transport that this member publishes on (CM-6, CM-7, CM-8, CM-19).
   *
   * @param oldest the oldest member of the session
   * @return empty if it cannot be heard
   */
  public Optional<Transport> publishesOn(Membership oldest) {
    boolean ownFirst =
        form.isSticky() || focusSelection.filter(JoinRequest.MULTI_SFU::equals).isPresent();
    if (ownFirst) {
      return transports.stream().findFirst();
    }
    return focusSelection.filter(JoinRequest.OLDEST_MEMBERSHIP::equals).isPresent()
        ? oldest.transports.stream().findFirst()
        : Optional.empty();
  }
}
