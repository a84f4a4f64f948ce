package io.matrixrtc.benchmarks.machine;

import io.matrixrtc.benchmarks.BenchLine;
import io.matrixrtc.benchmarks.Medians;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks of the whole machine and prints what came out. */
public final class MachineBenchmarkRun {
  /**
   * How often to measure. Every shot is one call of the machine.
   *
   * @param forks JVMs for each measurement
   * @param warmups shots before the measurement, in each fork
   * @param shots shots measured, in each fork
   */
  public record Plan(int forks, int warmups, int shots) {
    /** One fork: to see that it works. */
    public static final Plan QUICK = new Plan(1, 3, 3);

    /** Two forks: to publish. */
    public static final Plan FULL = new Plan(2, 8, 12);
  }

  private final Plan plan;

  private MachineBenchmarkRun(Plan plan) {
    this.plan = plan;
  }

  /**
   * Measures everything; one line on {@code out} after each measurement.
   *
   * @throws RunnerException if a benchmark or its JVM failed
   */
  public static List<BenchLine> run(Plan plan, boolean json, PrintStream out)
      throws RunnerException {
    MachineBenchmarkRun run = new MachineBenchmarkRun(plan);
    if (!json) {
      out.println(BenchLine.TABLE_HEAD);
    }
    List<BenchLine> lines = new ArrayList<>();
    for (StoreKind store : StoreKind.values()) {
      List<BenchLine> ofStore =
          List.of(run.send(store, false), run.send(store, true), run.receive(store));
      ofStore.forEach(line -> out.println(json ? line.toJson() : line.toRow()));
      out.flush();
      lines.addAll(ofStore);
    }
    return lines;
  }

  private BenchLine send(StoreKind store, boolean turn) throws RunnerException {
    double millis =
        Medians.of(
            shots(
                SendBenchmark.class, Map.of("store", store.name(), "turn", Boolean.toString(turn))),
            shot -> shot);
    return BenchLine.ofMillis(
        "machine." + (turn ? "sendTurning." : "send.") + label(store),
        SendBenchmark.DEVICES,
        millis);
  }

  private BenchLine receive(StoreKind store) throws RunnerException {
    int events = ReceiveBenchmark.DEVICES * SyncTraffic.EVENTS_PER_DEVICE;
    double perSecond =
        Medians.of(
            shots(ReceiveBenchmark.class, Map.of("store", store.name())),
            millis -> events * 1_000.0 / millis);
    return BenchLine.ofRate("machine.receive." + label(store), events, perSecond);
  }

  private static String label(StoreKind store) {
    return store.name().toLowerCase(Locale.ROOT);
  }

  private List<Double> shots(Class<?> benchmark, Map<String, String> parameters)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmark.getName() + "\\.")
            .forks(plan.forks())
            .warmupIterations(plan.warmups())
            .measurementIterations(plan.shots())
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach(options::param);
    List<Double> shots = new ArrayList<>();
    for (RunResult result : new Runner(options.build()).run()) {
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        for (IterationResult shot : fork.getIterationResults()) {
          shots.add(shot.getPrimaryResult().getScore());
        }
      }
    }
    return shots;
  }

  /**
   * {@code [--json] [--quick]}: prints all measurements; the full plan unless told otherwise.
   *
   * @throws RunnerException if a benchmark or its JVM failed
   */
  public static void main(String[] args) throws RunnerException {
    List<String> options = List.of(args);
    run(
        options.contains("--quick") ? Plan.QUICK : Plan.FULL,
        options.contains("--json"),
        System.out);
  }
}
