package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Cause;
import io.matrixrtc.keys.RotationPlan.Keep;
import io.matrixrtc.keys.RotationPlan.Rotate;
import io.matrixrtc.keys.RotationPlan.Share;
import io.matrixrtc.keys.RotationPlan.Use;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rotates when somebody left, and when somebody joined unless the key is younger than the grace
 * period, which hands it on as it is. A device that re-joined counts as a joiner. The decisions of
 * matrix-js-sdk's {@code RTCEncryptionManager}.
 *
 * @param grace a key younger than this is given to joiners; zero: never
 * @param useDelay from the answer to the offers of a new key until it is used
 */
record GracePeriodPolicy(String name, Duration grace, Duration useDelay) implements RotationPolicy {

  @Override
  public RotationPlan plan(OwnKeyState own, Set<CallMember> present, Instant now) {
    if (!(own instanceof OwnKeyState.Held held)) {
      return new Rotate(Cause.FIRST_KEY, new Use.AtOnce());
    }
    if (somebodyLeft(held.offered(), present)) {
      return new Rotate(Cause.MEMBER_LEFT, new Use.AfterConfirmation(useDelay));
    }
    Set<CallMember> joined = new HashSet<>(present);
    joined.removeAll(held.offered());
    if (joined.isEmpty()) {
      return Keep.UNTIL_A_CHANGE;
    }
    // RP-CLOCK: a clock that was set back must not make an old key young.
    Duration age = Duration.between(held.createdAt(), now);
    boolean young = !age.isNegative() && age.compareTo(grace) < 0;
    return young
        ? new Share(joined)
        : new Rotate(Cause.MEMBER_JOINED, new Use.AfterConfirmation(useDelay));
  }

  private static boolean somebodyLeft(Set<CallMember> offered, Set<CallMember> present) {
    Set<DeviceAddress> devices =
        present.stream().map(CallMember::device).collect(Collectors.toSet());
    return offered.stream().anyMatch(member -> !devices.contains(member.device()));
  }
}
