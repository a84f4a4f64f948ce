package io.matrixrtc.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;

/**
 * Runs the cases of a long randomised suite: the first ones by default, all of them with {@code
 * -Pfull}. Prints and asserts how many ran. {@code -Dcases.seed=N} replays one case.
 */
public final class Cases {
  private Cases() {}

  /** One case; {@code random} is seeded with {@code seed} and the suite's name. */
  @FunctionalInterface
  public interface Case {
    void run(long seed, SplittableRandom random) throws Exception;
  }

  /** Whether this build runs every case. */
  public static boolean full() {
    return "full".equals(System.getProperty("matrixrtc.tier", "first"));
  }

  /**
   * Runs seeds 0 to {@code first - 1}, or to {@code full - 1} in the full tier. A failing case
   * fails the test with its seed in the message.
   */
  public static void run(String suite, int first, int full, Case test) {
    Long only = Long.getLong("cases.seed");
    int wanted = full() ? full : first;
    int ran = 0;
    for (long seed = only == null ? 0 : only; ran < (only == null ? wanted : 1); seed++) {
      try {
        test.run(seed, new SplittableRandom(seed * 0x9E3779B97F4A7C15L + suite.hashCode()));
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            suite + ", seed " + seed + " (replay: -Dcases.seed=" + seed + "): " + e.getMessage(),
            e);
      }
      ran++;
    }
    System.out.printf(
        "%s: %d of %d cases (%s tier)%n", suite, ran, full, full() ? "full" : "first");
    assertThat(ran).as("cases run of %s", suite).isEqualTo(only == null ? wanted : 1);
  }

  /** Random bytes of a length from 0 to {@code maxLength}. */
  public static byte[] bytes(SplittableRandom random, int maxLength) {
    byte[] bytes = new byte[random.nextInt(maxLength + 1)];
    random.nextBytes(bytes);
    return bytes;
  }
}
