package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Cause;
import io.matrixrtc.keys.RotationPlan.Keep;
import io.matrixrtc.keys.RotationPlan.Rotate;
import io.matrixrtc.keys.RotationPlan.Share;
import io.matrixrtc.keys.RotationPlan.Use;

/**
 * Upstream's {@code keyRotationParticipantLimit} (matrix-js-sdk#5486): from {@code limit} members
 * on nothing rotates; joiners are given the current key whatever its age, leavers keep it. Below
 * the limit the leavers that are remembered cause one rotation.
 *
 * @param limit this many members, this device included
 * @param below what happens in a smaller call
 */
record ParticipantLimitPolicy(int limit, GracePeriodPolicy below) implements RotationPolicy {
  @Override
  public String name() {
    return "participant-limit";
  }

  @Override
  public RotationPlan plan(RotationView view) {
    boolean suppressed =
        view.present().size() + 1 >= limit && view.own() instanceof OwnKeyState.Held;
    if (!suppressed) {
      return below.plan(view);
    }
    if (view.aged()) { // KEY-AGE
      return new Rotate(Cause.KEY_AGED, new Use.AfterConfirmation(below.useDelay()));
    }
    return view.joined().isEmpty() ? Keep.UNTIL_A_CHANGE : new Share(view.joined());
  }

  @Override
  public boolean sharesUsedKeys() {
    return true;
  }
}
