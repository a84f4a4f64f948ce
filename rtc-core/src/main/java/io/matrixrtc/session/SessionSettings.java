package io.matrixrtc.session;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.DeviceAddress;

/**
 * Which session, and who takes part in it from here.
 *
 * @param roomId the room
 * @param roomVersion its version; decides the form of the state key
 * @param slot the slot
 * @param own this device
 * @param memberId this device's member id
 * @param timing when memberships expire and requests are repeated
 * @param sources which memberships of others are read
 * @param sendSticky whether the own membership is a sticky event, which all deployed sticky forms
 *     can read, rather than a state event
 */
public record SessionSettings(
    String roomId,
    String roomVersion,
    SlotId slot,
    DeviceAddress own,
    String memberId,
    MembershipTiming timing,
    MemberSources sources,
    boolean sendSticky) {

  /** The call of a whole room, with the member id that Element Call writes in state events. */
  public static SessionSettings roomCall(String roomId, String roomVersion, DeviceAddress own) {
    return new SessionSettings(
        roomId,
        roomVersion,
        SlotId.ROOM_CALL,
        own,
        own.userId() + ":" + own.deviceId(),
        MembershipTiming.DEFAULTS,
        MemberSources.DEPLOYED,
        false);
  }

  /** These, for another slot. */
  public SessionSettings withSlot(SlotId other) {
    return new SessionSettings(
        roomId, roomVersion, other, own, memberId, timing, sources, sendSticky);
  }

  /** These, with other times. */
  public SessionSettings withTiming(MembershipTiming other) {
    return new SessionSettings(
        roomId, roomVersion, slot, own, memberId, other, sources, sendSticky);
  }

  /** These, reading other memberships. */
  public SessionSettings withSources(MemberSources other) {
    return new SessionSettings(roomId, roomVersion, slot, own, memberId, timing, other, sendSticky);
  }

  /**
   * These, with a sticky membership ("Matrix 2.0").
   *
   * @param uniqueId the member id: unguessable, new for each session object; a random UUID
   */
  public SessionSettings withSticky(String uniqueId) {
    return new SessionSettings(roomId, roomVersion, slot, own, uniqueId, timing, sources, true);
  }

  /** What log lines start with. */
  public CallContext context() {
    return new CallContext(roomId, slot.toString(), own);
  }
}
