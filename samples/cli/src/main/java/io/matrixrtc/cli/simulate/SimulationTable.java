package io.matrixrtc.cli.simulate;

import io.matrixrtc.testkit.simulation.PolicyResult;
import io.matrixrtc.testkit.simulation.PolicyResult.Spread;
import java.util.List;
import java.util.Locale;

/** The results as a table for people. */
public final class SimulationTable {
  private static final String ROW = "%-18s %13s %8s %8s %8s %13s %8s %13s %15s %13s %5s %9s%n";

  private SimulationTable() {}

  /** One line for each policy, below a heading; shares are of the first policy's messages. */
  public static String of(List<PolicyResult> results) {
    StringBuilder table = new StringBuilder();
    row(
        table,
        "",
        "messages",
        "share",
        "a join",
        "a leave",
        "join→hear",
        "read",
        "read after",
        "forge after",
        "unmute",
        "held",
        "deaf");
    row(
        table,
        "policy",
        "to devices",
        "",
        "",
        "",
        "ms",
        "before",
        "leave, ms",
        "leave, ms",
        "ms",
        "",
        "ms");
    long first = results.get(0).toDeviceMessages();
    for (PolicyResult result : results) {
      row(
          table,
          result.policy(),
          number(result.toDeviceMessages()),
          first == 0 ? "" : percent((double) result.toDeviceMessages() / first),
          number(Math.round(result.perJoin())),
          number(Math.round(result.perLeave())),
          spread(result.joinToHearMs()),
          number(result.exposureBeforeJoinFrames()),
          spread(result.exposureAfterLeaveMs()),
          spread(result.forgeableAfterLeaveMs()),
          spread(result.unmuteDelayMs()),
          number(result.heldUnmutes()),
          number(result.deafReceiverMs()));
    }
    return table
        + "\nTwo numbers: median/99th percentile. read before: frames from before a join that the"
        + " joiner can read.\n";
  }

  private static void row(StringBuilder table, Object... cells) {
    table.append(String.format(Locale.ROOT, ROW, cells));
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f%%", share * 100);
  }

  private static String spread(Spread spread) {
    return spread.p50() + "/" + spread.p99();
  }
}
