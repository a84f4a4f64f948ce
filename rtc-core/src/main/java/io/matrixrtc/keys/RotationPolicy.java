package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.random.RandomGenerator;

/**
 * Decides who is given which key as people come and go. Pure: no clock, no state, no I/O; any
 * thread may call. The manager asks after each change, and when the policy asked to be asked.
 */
public interface RotationPolicy {
  /** The name it is chosen by, see {@link RotationPolicies}. */
  String name();

  /** Plans the next step. */
  RotationPlan plan(RotationView view);

  /** The index of the first key of a join. */
  default KeyIndex firstIndex(RandomGenerator random) {
    return KeyIndex.ZERO;
  }

  /** How long own keys are, in bytes. */
  default int keyBytes() {
    return MediaKey.MIN_BYTES;
  }

  /**
   * Whether one plan is carried out to its end before the next is asked for, as upstream does: any
   * number of changes during a rollout then lead to one more question after it. Else the policy is
   * asked at each change.
   */
  default boolean isSerial() {
    return true;
  }

  /**
   * Whether members may be given keys that were used before they were learned of. If not, KEY-ELIG
   * is enforced whatever is planned, retries included.
   */
  default boolean sharesUsedKeys() {
    return false;
  }

  /** Whether media is held while this device's view of the call is stale (KEY-VIEW). */
  default boolean holdsOnStaleView() {
    return true;
  }
}
