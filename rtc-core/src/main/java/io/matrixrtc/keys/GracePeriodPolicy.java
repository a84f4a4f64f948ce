package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Cause;
import io.matrixrtc.keys.RotationPlan.Keep;
import io.matrixrtc.keys.RotationPlan.Rotate;
import io.matrixrtc.keys.RotationPlan.Share;
import io.matrixrtc.keys.RotationPlan.Use;
import java.time.Duration;

/**
 * Rotates when somebody left, and when somebody joined unless the key is younger than the grace
 * period, which hands it on as it is. A device that re-joined counts as a joiner. The decisions of
 * matrix-js-sdk's {@code RTCEncryptionManager}.
 *
 * @param grace a key younger than this is given to joiners; zero: never
 * @param useDelay from the answer to the offers of a new key until it is used
 * @param likeUpstream whether keys live for ever (KEY-AGE) and a stale view holds nothing
 */
record GracePeriodPolicy(String name, Duration grace, Duration useDelay, boolean likeUpstream)
    implements RotationPolicy {

  @Override
  public RotationPlan plan(RotationView view) {
    Use use = new Use.AfterConfirmation(useDelay);
    if (!(view.own() instanceof OwnKeyState.Held held)) {
      return new Rotate(Cause.FIRST_KEY, new Use.AtOnce());
    }
    if (view.aDeviceLeft()) {
      return new Rotate(Cause.MEMBER_LEFT, use);
    }
    if (view.aged() && !likeUpstream) { // KEY-AGE
      return new Rotate(Cause.KEY_AGED, use);
    }
    if (view.joined().isEmpty()) {
      return Keep.UNTIL_A_CHANGE;
    }
    // RP-CLOCK: a clock that was set back must not make an old key young.
    Duration age = Duration.between(held.createdAt(), view.now());
    boolean young = !age.isNegative() && age.compareTo(grace) < 0;
    return young ? new Share(view.joined()) : new Rotate(Cause.MEMBER_JOINED, use);
  }

  @Override
  public boolean sharesUsedKeys() {
    return !grace.isZero();
  }

  @Override
  public boolean holdsOnStaleView() {
    return !likeUpstream;
  }
}
