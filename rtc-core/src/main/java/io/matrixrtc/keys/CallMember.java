package io.matrixrtc.keys;

import java.time.Instant;

/**
 * One participation of one device in a call, as key distribution sees it. Equal as long as it is
 * the same participation: a refresh of the membership yields an equal value, a re-join does not.
 *
 * @param device the device, and so the address of its keys
 * @param memberId the membership's id: {@code membershipID} of a state-event membership ({@code
 *     user:device} by default), {@code member.id} of a sticky one
 * @param joinedAt when this participation began, as its membership states it; unchanged by
 *     refreshes
 * @param mediaIdentity the LiveKit participant identity that its media travels under
 */
public record CallMember(
    DeviceAddress device, String memberId, Instant joinedAt, String mediaIdentity) {
  /** Whether {@code other} is a participation of the same device, this one or another. */
  public boolean sameDeviceAs(CallMember other) {
    return device.equals(other.device);
  }

  /** Of two components: with a thousand members sets of them are most of the work. */
  @Override
  public int hashCode() {
    return 31 * memberId.hashCode() + joinedAt.hashCode();
  }

  @Override
  public String toString() {
    return device + "@" + joinedAt.toEpochMilli();
  }
}
