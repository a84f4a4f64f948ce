package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Cause;
import io.matrixrtc.keys.RotationPlan.Keep;
import io.matrixrtc.keys.RotationPlan.Rotate;
import io.matrixrtc.keys.RotationPlan.Share;
import io.matrixrtc.keys.RotationPlan.Use;
import java.time.Duration;
import java.time.Instant;

/**
 * Upstream's proposal for large calls (matrix-js-sdk#5505): joiners are given the current key at
 * once; a change makes a rotation due when the key is as old as a grace period that grows with the
 * call, 60 s · N(N−1) / budget, times a jitter between 0 and 2; a key of 15 minutes is replaced in
 * any case.
 *
 * @param perMinute key shares in a minute that one device is to receive on average
 * @param useDelay from the answer to the offers of a new key until it is used
 */
record BudgetedPolicy(int perMinute, Duration useDelay) implements RotationPolicy {
  /** A key of this age is replaced. */
  static final Duration MAX_AGE = Duration.ofMinutes(15);

  private static final long MINUTE_MILLIS = 60_000;

  @Override
  public String name() {
    return "budgeted";
  }

  @Override
  public RotationPlan plan(RotationView view) {
    if (!(view.own() instanceof OwnKeyState.Held held)) {
      return new Rotate(Cause.FIRST_KEY, new Use.AtOnce());
    }
    Instant expires = held.createdAt().plus(MAX_AGE);
    boolean left = view.aDeviceLeft();
    if (view.aged() || !view.now().isBefore(expires)) {
      return rotate(Cause.KEY_AGED);
    }
    Instant due = held.createdAt().plus(slowness(view));
    boolean changed = left || view.changedAt().isPresent();
    if (changed && !view.now().isBefore(due)) {
      return rotate(left ? Cause.MEMBER_LEFT : Cause.MEMBER_JOINED);
    }
    if (!view.joined().isEmpty()) {
      return new Share(view.joined());
    }
    return Keep.until(changed && due.isBefore(expires) ? due : expires);
  }

  /** How old the key must be before a change replaces it. */
  private Duration slowness(RotationView view) {
    long members = view.present().size() + 1L;
    double grace = (double) MINUTE_MILLIS * members * (members - 1) / perMinute;
    return Duration.ofMillis((long) (grace * 2 * view.jitter()));
  }

  private Rotate rotate(Cause cause) {
    return new Rotate(cause, new Use.AfterConfirmation(useDelay));
  }

  @Override
  public boolean sharesUsedKeys() {
    return true;
  }
}
