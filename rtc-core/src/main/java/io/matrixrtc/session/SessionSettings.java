package io.matrixrtc.session;

import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.DeviceAddress;
import java.time.Duration;

/**
 * Which session, and who takes part in it from here.
 *
 * @param roomId the room
 * @param roomVersion its version; decides the form of the state key
 * @param slot the slot
 * @param own this device
 * @param memberId this device's member id
 * @param timing when memberships expire and requests are repeated
 */
public record SessionSettings(
    String roomId,
    String roomVersion,
    SlotId slot,
    DeviceAddress own,
    String memberId,
    MembershipTiming timing) {

  /** The call of a whole room, with the member id that Element Call writes in state events. */
  public static SessionSettings roomCall(String roomId, String roomVersion, DeviceAddress own) {
    return new SessionSettings(
        roomId,
        roomVersion,
        SlotId.ROOM_CALL,
        own,
        own.userId() + ":" + own.deviceId(),
        MembershipTiming.DEFAULTS);
  }

  /** What log lines start with. */
  public CallContext context() {
    return new CallContext(roomId, slot.toString(), own);
  }

  /**
   * Times of the own membership.
   *
   * @param expires one step of the membership's lifetime; each refresh adds one
   * @param headroom a refresh is sent this much before it is due
   * @param rateLimitWait the wait after a 429 that names none
   * @param firstRetry the wait after the first failure; doubled by each further one
   * @param longestRetry the wait is never longer
   * @param maxFailures a join or leave is given up when it failed more often in a row
   */
  public record MembershipTiming(
      Duration expires,
      Duration headroom,
      Duration rateLimitWait,
      Duration firstRetry,
      Duration longestRetry,
      int maxFailures) {
    /** The defaults of matrix-js-sdk, except that its retries wait 3 s each. */
    public static final MembershipTiming DEFAULTS =
        new MembershipTiming(
            Duration.ofHours(4),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            10);

    /** A membership is refreshed at least this often, whatever its lifetime. */
    static final Duration MAX_REFRESH = Duration.ofHours(1);

    /** From one refresh to the next. */
    Duration refreshStep() {
      return expires.compareTo(MAX_REFRESH) < 0 ? expires : MAX_REFRESH;
    }

    /** The wait after so many failures in a row, from 1. */
    Duration retryAfter(int failures) {
      Duration delay = firstRetry.multipliedBy(1L << Math.min(failures - 1, 20));
      return delay.compareTo(longestRetry) < 0 ? delay : longestRetry;
    }
  }
}
