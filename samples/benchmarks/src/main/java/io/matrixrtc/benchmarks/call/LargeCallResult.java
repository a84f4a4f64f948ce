package io.matrixrtc.benchmarks.call;

import io.matrixrtc.json.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * What a large call showed. Times in milliseconds.
 *
 * @param heard how many first frames there were, of each joiner from each speaker
 * @param lacking in the end, how often a member could not decrypt a speaker's newest frame
 */
record LargeCallResult(
    String policy, int devices, int heard, double median, double p95, double longest, int lacking) {

  static LargeCallResult of(String policy, int devices, List<Double> times, int lacking) {
    double[] sorted = times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new LargeCallResult(
        policy,
        devices,
        sorted.length,
        quantile(sorted, 0.5),
        quantile(sorted, 0.95),
        quantile(sorted, 1),
        lacking);
  }

  private static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      throw new IllegalStateException("nobody heard anything");
    }
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, rank - 1)];
  }

  private boolean isGoalMet() {
    return lacking == 0
        && median < LargeCallRun.GOAL_MEDIAN_MILLIS
        && p95 < LargeCallRun.GOAL_P95_MILLIS;
  }

  void print(boolean json, PrintStream out) {
    if (json) {
      out.println(
          Json.newObject()
              .put("type", "bench")
              .put("name", "call")
              .put("policy", policy)
              .put("devices", devices)
              .put("firstFrames", heard)
              .put("joinToHearMedianMillis", Math.round(median))
              .put("joinToHearP95Millis", Math.round(p95))
              .put("joinToHearMaxMillis", Math.round(longest))
              .put("lacking", lacking)
              .put("goalMet", isGoalMet()));
    } else {
      out.println(
          String.format(
              Locale.ROOT,
              "call of %d devices, %s: joiners hear a speaker after %.0f ms (median of %d), p95"
                  + " %.0f ms, longest %.0f ms; in the end %d members lack a speaker's key."
                  + " Goal: under %d ms and %d ms, none: %s",
              devices,
              policy,
              median,
              heard,
              p95,
              longest,
              lacking,
              LargeCallRun.GOAL_MEDIAN_MILLIS,
              LargeCallRun.GOAL_P95_MILLIS,
              isGoalMet() ? "met" : "missed"));
    }
  }
}
