package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import java.time.Instant;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Decides who is given which key as people come and go. Pure: no clock, no state, no I/O; any
 * thread may call. The manager asks after each change of the members and runs one plan at a time:
 * any number of changes during a rollout lead to one more question after it.
 */
public interface RotationPolicy {
  /** The name it is chosen by, see {@link RotationPolicies}. */
  String name();

  /**
   * Plans the next step.
   *
   * @param own the newest own key and who was ever offered it
   * @param present everyone in the call but this device
   * @param now the current time
   */
  RotationPlan plan(OwnKeyState own, Set<CallMember> present, Instant now);

  /** The index of the first key of a join. */
  default KeyIndex firstIndex(RandomGenerator random) {
    return KeyIndex.ZERO;
  }
}
