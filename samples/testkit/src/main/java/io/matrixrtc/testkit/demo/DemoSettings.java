package io.matrixrtc.testkit.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the demo is played.
 *
 * @param participants devices, see {@link Cast#of}
 * @param seed of the script's small variations
 * @param policy name of the rotation policy
 * @param useKeyDelay media time between the confirmation of a new key and its use
 * @param exposureAllowance after a leave the old keys may be in use for this much longer than the
 *     use delay, in wall time: what HTTP and the machine may take
 * @param out directory for the recordings; made if missing
 */
public record DemoSettings(
    int participants,
    long seed,
    String policy,
    Duration useKeyDelay,
    Duration exposureAllowance,
    Path out) {
  /** For a machine that is not short of anything. */
  public static final Duration EXPOSURE_ALLOWANCE = Duration.ofSeconds(1);
}
