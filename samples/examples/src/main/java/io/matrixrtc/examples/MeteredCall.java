package io.matrixrtc.examples;

import io.matrixrtc.keys.CallListener;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.Delivery;
import io.matrixrtc.keys.KeyRefusal;
import io.matrixrtc.keys.KeyWay;
import io.matrixrtc.keys.RotationPlan;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;

/**
 * The keys of calls as Micrometer meters: hand it a session's {@code SessionEvent.Keys}. No meter
 * has a user, a device or a room in its tags, so that their number stays small.
 *
 * @param meters where they are kept
 */
public record MeteredCall(MeterRegistry meters) implements CallListener {
  private static final String PREFIX = "matrixrtc.keys.";

  private static String tag(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void onRotation(RotationPlan.Cause cause, int recipients) {
    meters.counter(PREFIX + "rotations", "cause", tag(cause)).increment();
    meters.summary(PREFIX + "recipients").record(recipients);
  }

  @Override
  public void onKeySent(int recipients, int served, Duration took) {
    meters.timer(PREFIX + "send").record(took);
    meters.counter(PREFIX + "served").increment(served);
  }

  @Override
  public void onKeyNotSent(CallMember member, Delivery.Reason reason) {
    meters.counter(PREFIX + "not.served", "reason", tag(reason)).increment();
  }

  @Override
  public void onKeyReceived(CallMember member, KeyWay way, Duration since, boolean isFirst) {
    meters.counter(PREFIX + "received", "way", way.name()).increment();
    if (isFirst) {
      meters.timer(PREFIX + "first").record(since);
    }
  }

  @Override
  public void onKeyMissing(CallMember member, Duration after, boolean framesWait) {
    meters.counter(PREFIX + "missing", "frames", framesWait ? "waiting" : "none").increment();
  }

  @Override
  public void onKeyLate(CallMember member, Duration late) {
    meters.timer(PREFIX + "late").record(late);
  }

  @Override
  public void onKeyRefused(KeyRefusal refusal) {
    String reason = refusal.getClass().getSimpleName();
    meters.counter(PREFIX + "refused", "reason", reason).increment();
  }

  @Override
  public void onMediaHeld(Duration took) {
    meters.timer(PREFIX + "hold").record(took);
  }
}
