package io.matrixrtc.testkit.simulation;

/**
 * Delays and failures. Each is drawn from the seed and from what it belongs to, so that two
 * policies meet the same network. Times in microseconds.
 */
final class NetworkModel {
  /** Standard normal quantile of 99 %. */
  private static final double Z99 = 2.3263478740408408;

  private static final double MEMBERSHIP_MEDIAN = 120_000;
  private static final double MEMBERSHIP_P99 = 480_000;
  private static final double MESSAGE_MEDIAN = 150_000;
  private static final double MESSAGE_P99 = 1_000_000;
  private static final long SEND_BASE = 40_000;
  private static final long SEND_PER_RECIPIENT = 300;
  private static final double SEND_FAILS = 0.005;

  private static final int MEMBERSHIP = 1;
  private static final int MESSAGE = 2;
  private static final int FAILURE = 3;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;

  NetworkModel(long seed) {
    this.seed = seed;
  }

  /** Until change number {@code change} reaches {@code member}. */
  long membershipDelay(int change, int member) {
    return logNormal(MEMBERSHIP_MEDIAN, MEMBERSHIP_P99, MEMBERSHIP, change, member);
  }

  /** From the confirmation of a message until the receiving device has it. */
  long messageDelay(int sender, int key, int receiver) {
    return logNormal(MESSAGE_MEDIAN, MESSAGE_P99, MESSAGE, ((long) sender << 32) | key, receiver);
  }

  /** How long a send takes. */
  long sendTime(int recipients) {
    return SEND_BASE + SEND_PER_RECIPIENT * recipients;
  }

  /** Whether the {@code send}th send of a member fails; a repetition succeeds. */
  boolean sendFails(int sender, long send) {
    return uniform(FAILURE, sender, send) < SEND_FAILS;
  }

  private long logNormal(double median, double p99, int kind, long a, long b) {
    double sigma = Math.log(p99 / median) / Z99;
    // Box and Muller: two uniform numbers make a normal one.
    double radius = Math.sqrt(-2 * Math.log(1 - uniform(kind, a, b)));
    double normal = radius * Math.cos(2 * Math.PI * uniform(-kind, a, b));
    return (long) (median * Math.exp(sigma * normal));
  }

  private double uniform(int kind, long a, long b) {
    long hash = mix(seed + GOLDEN * kind);
    hash = mix(hash ^ (a * GOLDEN));
    hash = mix(hash + b * GOLDEN);
    return (hash >>> 11) * 0x1.0p-53;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
