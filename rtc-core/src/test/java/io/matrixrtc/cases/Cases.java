package io.matrixrtc.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

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
      runOne(suite, seed, test);
      ran++;
    }
    System.out.printf(
        "%s: %d of %d cases (%s tier)%n", suite, ran, full, full() ? "full" : "first");
    assertThat(ran).as("cases run of %s", suite).isEqualTo(only == null ? wanted : 1);
  }

  /**
   * As {@link #run}, with so many cases at a time, each on a thread of its own: for cases that wait
   * most of the time. After a failure no further case begins.
   */
  public static void runAtOnce(String suite, int first, int full, int atOnce, Case test) {
    Long only = Long.getLong("cases.seed");
    int wanted = only != null ? 1 : full() ? full : first;
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    CompletionService<Long> cases = new ExecutorCompletionService<>(threads);
    int ran = 0;
    try {
      for (long seed = only == null ? 0 : only, n = 0; n < wanted; seed++, n++) {
        long mine = seed;
        cases.submit(() -> runOne(suite, mine, test));
      }
      for (; ran < wanted; ran++) {
        cases.take().get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(suite + " was interrupted", e);
    } finally {
      threads.shutdownNow();
    }
    System.out.printf(
        "%s: %d of %d cases, %d at a time (%s tier)%n",
        suite, ran, full, atOnce, full() ? "full" : "first");
    assertThat(ran).as("cases run of %s", suite).isEqualTo(wanted);
  }

  private static long runOne(String suite, long seed, Case test) {
    try {
      test.run(seed, new SplittableRandom(seed * 0x9E3779B97F4A7C15L + suite.hashCode()));
      return seed;
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          suite + ", seed " + seed + " (replay: -Dcases.seed=" + seed + "): " + e.getMessage(), e);
    }
  }

  /** Random bytes of a length from 0 to {@code maxLength}. */
  public static byte[] bytes(SplittableRandom random, int maxLength) {
    byte[] bytes = new byte[random.nextInt(maxLength + 1)];
    random.nextBytes(bytes);
    return bytes;
  }
}
