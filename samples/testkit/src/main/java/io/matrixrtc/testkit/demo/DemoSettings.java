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
 * @param out directory for the recordings; made if missing
 */
public record DemoSettings(
    int participants, long seed, String policy, Duration useKeyDelay, Path out) {}
