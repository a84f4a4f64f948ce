package io.matrixrtc.backup;

import io.matrixrtc.olm.RandomSource;
import java.util.SplittableRandom;

/** Random bytes that tests can replay. */
public final class TestRandom {
  private TestRandom() {}

  /** Returns the source of {@code seed}. */
  public static RandomSource of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random::nextBytes;
  }
}
