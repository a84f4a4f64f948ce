package io.matrixrtc.keys;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rotation policies by name and parameters.
 *
 * <table>
 *   <caption>Names and parameters; durations in ISO-8601, {@code PT1S}</caption>
 *   <tr><td>{@code demand}</td><td>only who sends pays at once; the default</td>
 *       <td>{@code use-delay} (PT1S)</td></tr>
 *   <tr><td>{@code ratchet}</td><td>as {@code demand}; joiners are let in by advancing the key, where
 *       every receiver walks</td>
 *       <td>{@code use-delay} (PT1S)</td></tr>
 *   <tr><td>{@code parity}</td><td>what matrix-js-sdk does</td>
 *       <td>{@code grace} (PT10S), {@code use-delay} (PT1S)</td></tr>
 *   <tr><td>{@code strict}</td><td>{@code parity} with grace 0: every joiner causes a rotation</td>
 *       <td>{@code use-delay} (PT1S)</td></tr>
 *   <tr><td>{@code participant-limit}</td><td>{@code parity} in a call smaller than {@code limit}; in a
 *       larger one nothing rotates</td>
 *       <td>{@code limit} (50), {@code grace} (PT10S), {@code use-delay} (PT1S)</td></tr>
 *   <tr><td>{@code budgeted}</td><td>the larger the call, the rarer it rotates</td>
 *       <td>{@code per-minute} (3000), {@code use-delay} (PT1S)</td></tr>
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

  /** The participant limit, if none is named. */
  public static final int DEFAULT_LIMIT = 50;

  /** The largest participant limit and message budget that is accepted. */
  public static final int MAX_COUNT = 1_000_000;

  /** Upstream's proposal for the key shares in a minute to one device. */
  public static final int DEFAULT_PER_MINUTE = 3_000;

  /** The policies' names. */
  public static final List<String> NAMES =
      List.of("demand", "ratchet", "parity", "strict", "participant-limit", "budgeted");

  /** From the first join of a ratchet step until the key advances. */
  private static final Duration ADVANCE_AFTER = Duration.ofMillis(1_500);

  /** From one advance to the next. */
  private static final Duration ADVANCE_SPACING = Duration.ofSeconds(2);

  private static final String GRACE = "grace";
  private static final String USE_DELAY = "use-delay";
  private static final String LIMIT = "limit";
  private static final String PER_MINUTE = "per-minute";

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
        "parity",
        within(GRACE, grace, MAX_GRACE),
        within(USE_DELAY, useDelay, MAX_USE_DELAY),
        true);
  }

  /**
   * {@code parity} with grace 0.
   *
   * @throws IllegalArgumentException if the duration is negative or above {@link #MAX_USE_DELAY}
   */
  public static RotationPolicy strict(Duration useDelay) {
    return new GracePeriodPolicy(
        "strict", Duration.ZERO, within(USE_DELAY, useDelay, MAX_USE_DELAY), false);
  }

  /** The default: only who sends pays at once. */
  public static RotationPolicy demand() {
    return demand(PARITY_USE_DELAY);
  }

  /**
   * Only who sends pays at once.
   *
   * @throws IllegalArgumentException if the duration is negative or above {@link #MAX_USE_DELAY}
   */
  public static RotationPolicy demand(Duration useDelay) {
    return new DemandPolicy("demand", within(USE_DELAY, useDelay, MAX_USE_DELAY), null);
  }

  /**
   * As {@code demand}, but joiners are let in by advancing the key where that is allowed.
   *
   * @throws IllegalArgumentException if the duration is negative or above {@link #MAX_USE_DELAY}
   */
  public static RotationPolicy ratchet(Duration useDelay) {
    return new DemandPolicy(
        "ratchet",
        within(USE_DELAY, useDelay, MAX_USE_DELAY),
        new RatchetRules(ADVANCE_AFTER, ADVANCE_SPACING));
  }

  /**
   * Upstream's participant limit.
   *
   * @param limit from this many members on, this device included, nothing rotates: 1 to {@value
   *     #MAX_COUNT}
   * @throws IllegalArgumentException if a value is outside its range
   */
  public static RotationPolicy participantLimit(int limit, Duration grace, Duration useDelay) {
    return new ParticipantLimitPolicy(
        within(LIMIT, limit),
        new GracePeriodPolicy(
            "parity",
            within(GRACE, grace, MAX_GRACE),
            within(USE_DELAY, useDelay, MAX_USE_DELAY),
            false));
  }

  /**
   * Upstream's proposal of a budget.
   *
   * @param perMinute key shares in a minute to one device: 1 to {@value #MAX_COUNT}
   * @throws IllegalArgumentException if a value is outside its range
   */
  public static RotationPolicy budgeted(int perMinute, Duration useDelay) {
    return new BudgetedPolicy(
        within(PER_MINUTE, perMinute), within(USE_DELAY, useDelay, MAX_USE_DELAY));
  }

  /**
   * Finds a policy.
   *
   * @throws IllegalArgumentException if the name, a parameter's name or its value is unknown
   */
  public static RotationPolicy named(String name, Map<String, String> parameters) {
    switch (name) {
      case "demand":
        known(name, parameters, Set.of(USE_DELAY));
        return demand(duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      case "ratchet":
        known(name, parameters, Set.of(USE_DELAY));
        return ratchet(duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      case "parity":
        known(name, parameters, Set.of(GRACE, USE_DELAY));
        return parity(
            duration(parameters, GRACE, PARITY_GRACE),
            duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      case "strict":
        known(name, parameters, Set.of(USE_DELAY));
        return strict(duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      case "participant-limit":
        known(name, parameters, Set.of(LIMIT, GRACE, USE_DELAY));
        return participantLimit(
            count(parameters, LIMIT, DEFAULT_LIMIT),
            duration(parameters, GRACE, PARITY_GRACE),
            duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      case "budgeted":
        known(name, parameters, Set.of(PER_MINUTE, USE_DELAY));
        return budgeted(
            count(parameters, PER_MINUTE, DEFAULT_PER_MINUTE),
            duration(parameters, USE_DELAY, PARITY_USE_DELAY));
      default:
        throw new IllegalArgumentException(
            "rotation policy: want one of " + String.join(", ", NAMES) + ", got " + name);
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

  private static int count(Map<String, String> parameters, String name, int absent) {
    String text = parameters.get(name);
    try {
      return text == null ? absent : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "rotation policy: " + name + " wants a number, got " + text, e);
    }
  }

  private static int within(String name, int value) {
    if (value < 1 || value > MAX_COUNT) {
      throw new IllegalArgumentException(
          "rotation policy: " + name + " wants 1 to " + MAX_COUNT + ", got " + value);
    }
    return value;
  }

  private static Duration within(String name, Duration value, Duration max) {
    if (value.isNegative() || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "rotation policy: " + name + " wants 0 to " + max + ", got " + value);
    }
    return value;
  }
}
