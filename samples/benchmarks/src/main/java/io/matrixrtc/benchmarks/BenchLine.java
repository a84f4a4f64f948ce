package io.matrixrtc.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One line of a result. Values are medians over all JVMs that were started for it.
 *
 * @param name what was measured, such as {@code olm.outbound}
 * @param detail what it was measured with: a number of bytes or devices
 * @param unit whether values are operations a second or milliseconds
 * @param value ours
 * @param comparison the peer, if there is one
 * @param cpuRatio as the comparison's ratio, of the time that the measuring thread was running
 */
public record BenchLine(
    String name,
    int detail,
    Unit unit,
    double value,
    Optional<Comparison> comparison,
    OptionalDouble cpuRatio) {
  /** What the columns of {@link #toRow} are. */
  public static final String TABLE_HEAD =
      String.format(
          Locale.ROOT,
          "%-22s %8s %12s %-8s %12s %-18s %8s %9s",
          "benchmark",
          "size",
          "ours",
          "",
          "peer's",
          "peer",
          "ratio",
          "cpu ratio");

  /** What a value counts. */
  public enum Unit {
    OPS_PER_SECOND("opsPerSecond", "peerOpsPerSecond", "ops/s"),
    MILLIS("millis", "peerMillis", "ms");

    private final String member;
    private final String peerMember;
    private final String text;

    Unit(String member, String peerMember, String text) {
      this.member = member;
      this.peerMember = peerMember;
      this.text = text;
    }
  }

  /**
   * A peer in the same run.
   *
   * @param peer its name and version
   * @param value its value, in the same unit
   * @param ratio our time as a multiple of its time, the median over the rounds
   */
  public record Comparison(String peer, double value, double ratio) {}

  /** Returns a line of operations a second, without a peer. */
  public static BenchLine ofRate(String name, int detail, double opsPerSecond) {
    return new BenchLine(
        name, detail, Unit.OPS_PER_SECOND, opsPerSecond, Optional.empty(), OptionalDouble.empty());
  }

  /** Returns a line of milliseconds, without a peer. */
  public static BenchLine ofMillis(String name, int detail, double millis) {
    return new BenchLine(
        name, detail, Unit.MILLIS, millis, Optional.empty(), OptionalDouble.empty());
  }

  /** Returns this line with a peer. */
  public BenchLine against(String peer, double peerValue, double ratio) {
    return new BenchLine(
        name, detail, unit, value, Optional.of(new Comparison(peer, peerValue, ratio)), cpuRatio);
  }

  /** Returns this line with the ratio of processor time. */
  public BenchLine withCpuRatio(double ratio) {
    return new BenchLine(name, detail, unit, value, comparison, OptionalDouble.of(ratio));
  }

  /** One JSON object, on one line. */
  public String toJson() {
    ObjectNode json = Json.newObject();
    json.put("type", "bench").put("name", name).put("size", detail);
    json.put(unit.member, rounded(value));
    comparison.ifPresent(
        with ->
            json.put("peer", with.peer())
                .put(unit.peerMember, rounded(with.value()))
                .put("ratio", Math.round(with.ratio() * 1e4) / 1e4));
    cpuRatio.ifPresent(ratio -> json.put("cpuRatio", Math.round(ratio * 1e4) / 1e4));
    return json.toString();
  }

  /** One row of the table. */
  public String toRow() {
    String row =
        String.format(Locale.ROOT, "%-22s %8d %12s %-8s", name, detail, shown(value), unit.text);
    return comparison
            .map(
                with ->
                    row
                        + String.format(
                            Locale.ROOT,
                            " %12s %-18s %8.3f",
                            shown(with.value()),
                            with.peer(),
                            with.ratio()))
            .orElse(row)
        + (cpuRatio.isPresent()
            ? String.format(Locale.ROOT, " %9.3f", cpuRatio.getAsDouble())
            : "");
  }

  private double rounded(double number) {
    return Math.round(number * 100) / 100.0;
  }

  private String shown(double number) {
    return String.format(Locale.ROOT, unit == Unit.MILLIS ? "%,.2f" : "%,.0f", number);
  }
}
