package io.matrixrtc.keys;

import java.time.Duration;

/**
 * Measures of a call, for a metrics library: {@code session events → }{@link #on}. Each method does
 * nothing until it is overridden. Called on the manager's executor; must not block.
 */
public interface CallListener {
  /** An own key was made, to be offered to so many. */
  default void onRotation(RotationPlan.Cause cause, int recipients) {}

  /** The transport answered an offer. */
  default void onKeySent(int recipients, int served, Duration took) {}

  /** A member could not be given an own key. */
  default void onKeyNotSent(CallMember member, Delivery.Reason reason) {}

  /**
   * A key of a member arrived.
   *
   * @param sinceLearned how long after the member was learned of
   * @param isFirst whether it is the first one of the member
   */
  default void onKeyReceived(
      CallMember member, KeyWay way, Duration sinceLearned, boolean isFirst) {}

  /** A key that was reported as missing arrived so late. */
  default void onKeyLate(CallMember member, Duration late) {}

  /** A key of a member is missing for so long. */
  default void onKeyMissing(CallMember member, Duration after, boolean framesWait) {}

  /** A key that arrived was refused. */
  default void onKeyRefused(KeyRefusal refusal) {}

  /** Own media was held for so long, for a new key to be delivered. */
  default void onMediaHeld(Duration took) {}

  /** Hands an event to the method for it, if there is one. */
  default void on(KeyEvent event) {
    if (event instanceof KeyEvent.RotationStarted started) {
      onRotation(started.cause(), started.recipients());
    } else if (event instanceof KeyEvent.OfferAnswered answered) {
      onKeySent(answered.recipients(), answered.served(), answered.took());
    } else if (event instanceof KeyEvent.KeyNotServed failed) {
      onKeyNotSent(failed.member(), failed.failure().reason());
    } else if (event instanceof KeyEvent.RemoteKeyReceived received) {
      onKeyReceived(received.member(), received.way(), received.after(), received.isFirst());
    } else if (event instanceof KeyEvent.RemoteKeyLate late) {
      onKeyLate(late.member(), late.after());
    } else if (event instanceof KeyEvent.RemoteKeyMissing missing) {
      onKeyMissing(missing.member(), missing.after(), missing.framesWait());
    } else if (event instanceof KeyEvent.KeyRefused refused) {
      onKeyRefused(refused.refusal());
    } else if (event instanceof KeyEvent.HoldEnded ended) {
      onMediaHeld(ended.took());
    }
  }
}
