package io.matrixrtc.keys;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rotation policies by name and parameters.
 *
 * <table>
 *   <caption>Names and parameters; durations in ISO-8601, {@code PT1S}</caption>
 *   <tr><td>{@code parity}</td><td>what matrix-js-sdk does</td>
 *       <td>{@code grace} (PT10S), {@code use-delay} (PT1S)</td></tr>
 *   <tr><td>{@code strict}</td><td>{@code parity} with grace 0: every joiner causes a rotation</td>
 *       <td>{@code use-delay} (PT1S)</td></tr>
 * </table>
 */
public final class RotationPolicies {
  /** matrix-js-sdk's {@code keyRotationGracePeriodMs}. */
  public static final Duration PARITY_GRACE = Duration.ofSeconds(10);

  /** matrix-js-sdk's {@code useKeyDelay}. */
  public static final Duration PARITY_USE_DELAY = Duration.ofSeconds(1);

  /** The longest grace period that is accepted. */
  public static final Duration MAX_GRACE = Duration.ofHours(1);

  /** The longest use delay that is accepted. */
  public static final Duration MAX_USE_DELAY = Duration.ofSeconds(30);

  private static final String GRACE = "grace";
  private static final String USE_DELAY = "use-delay";

  private RotationPolicies() {}

  /** What current matrix-js-sdk does, with its defaults. */
  public static RotationPolicy parity() {
    return parity(PARITY_GRACE, PARITY_USE_DELAY);
  }

  /**
   * What current matrix-js-sdk does.
   *
   * @throws IllegalArgumentException if a duration is negative or above its maximum
   */
  public static RotationPolicy parity(Duration grace, Duration useDelay) {
    return new GracePeriodPolicy(
        "parity", within(GRACE, grace, MAX_GRACE), within(USE_DELAY, useDelay, MAX_USE_DELAY));
  }

  /**
   * {@code parity} with grace 0.
   *
   * @throws IllegalArgumentException if the duration is negative or above {@link #MAX_USE_DELAY}
   */
  public static RotationPolicy strict(Duration useDelay) {
    return new GracePeriodPolicy(
        "strict", Duration.ZERO, within(USE_DELAY, useDelay, MAX_USE_DELAY));
  }

  /**
   * Finds a policy.
   *
   * @throws IllegalArgumentException if the name, a parameter's name or its value is unknown
   */
  public static RotationPolicy named(String name, Map<String, String> parameters) {
    switch (name) {
      case "parity":
        known(name, parameters, Set.of(GRACE, USE_DELAY));
        return parity(
            duration(parameters, GRACE, PARITY_GRACE),
            duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      case "strict":
        known(name, parameters, Set.of(USE_DELAY));
        return strict(duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      default:
        throw new IllegalArgumentException("rotation policy: want parity or strict, got " + name);
    }
  }

  private static void known(String name, Map<String, String> parameters, Set<String> known) {
    Set<String> unknown = new TreeSet<>(parameters.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "rotation policy " + name + ": unknown parameters " + unknown);
    }
  }

  private static Duration duration(Map<String, String> parameters, String name, Duration absent) {
    String text = parameters.get(name);
    try {
      return text == null ? absent : Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "rotation policy: " + name + " wants a duration such as PT1S, got " + text, e);
    }
  }

  private static Duration within(String name, Duration value, Duration max) {
    if (value.isNegative() || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "rotation policy: " + name + " wants 0 to " + max + ", got " + value);
    }
    return value;
  }
}
