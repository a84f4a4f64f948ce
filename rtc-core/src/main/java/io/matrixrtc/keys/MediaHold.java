package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationView.Activity;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why own media is held back, if it is: a new key has to be delivered first (KEY-HOLD), or the view
 * of the call is stale (KEY-VIEW), which comes before the other.
 */
final class MediaHold {
  private final OwnRingGate gate;
  private @Nullable Instant since;
  private boolean byView;

  MediaHold(OwnRingGate gate) {
    this.gate = gate;
  }

  /** A frame moved the gate: whether it began a hold for a key. */
  boolean begins(Instant now) {
    boolean begins = gate.state() == OwnRingGate.State.HELD && since == null && !byView;
    if (begins) {
      since = now;
    }
    return begins;
  }

  /** When the hold for a key began, if one is on. */
  Optional<Instant> since() {
    return Optional.ofNullable(since);
  }

  boolean isOn() {
    return since != null || gate.state() == OwnRingGate.State.HELD;
  }

  /** How long media was held for a key, if that ends now. */
  Optional<Duration> endsAfter(Instant now) {
    return byView ? Optional.empty() : since().map(begin -> Duration.between(begin, now));
  }

  /** A key is in use: whether media may go out now. */
  boolean ends() {
    if (!byView) {
      since = null;
    }
    return !byView;
  }

  /** Whether that is news, and media can be held at all. */
  boolean changes(boolean viewIsBad) {
    return gate.isConnected() && viewIsBad != byView;
  }

  /**
   * Media must not leave, or may again.
   *
   * @param owing whether a new key is due before it does
   */
  void viewIsBad(boolean bad, boolean owing) {
    byView = bad;
    since = null;
    if (bad) {
      gate.hold();
    } else {
      gate.resume(owing);
    }
  }

  /** Whether nothing goes out before a new key; false: a frame did. */
  boolean owe() {
    return byView || gate.owe();
  }

  Activity activity() {
    return gate.state().activity(byView);
  }
}
