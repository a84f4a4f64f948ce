package io.matrixrtc.benchmarks.machine;

import io.matrixrtc.benchmarks.BenchLine;
import io.matrixrtc.benchmarks.Medians;
import java.io.IOException;
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
    public static final Plan QUICK = new Plan(1, 5, 5);

    /** Two forks: to publish. */
    public static final Plan FULL = new Plan(2, 8, 12);
  }

  private final Plan plan;
  private final String peer;

  private MachineBenchmarkRun(Plan plan, String peer) {
    this.plan = plan;
    this.peer = peer;
  }

  /**
   * Measures everything; one line on {@code out} after each measurement. npm fetches the peer.
   *
   * @param err where it is said that the peer cannot be had
   * @throws RunnerException if a benchmark or its JVM failed
   * @throws IOException if there is no place for temporary files
   */
  public static List<BenchLine> run(Plan plan, boolean json, PrintStream out, PrintStream err)
      throws RunnerException, IOException {
    try (TemporaryDirectory directory = new TemporaryDirectory()) {
      String peer = "";
      try {
        RustDialogue.install(directory.path());
        new RustDialogue(directory.path()).close();
        peer = directory.path().toString();
      } catch (IOException e) {
        err.println("bench: NO COMPARISON WITH THE RUST SDK: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RunnerException("interrupted");
      }
      return new MachineBenchmarkRun(plan, peer).run(json, out);
    }
  }

  private List<BenchLine> run(boolean json, PrintStream out) throws RunnerException {
    if (!json) {
      out.println(BenchLine.TABLE_HEAD);
    }
    List<BenchLine> lines = new ArrayList<>();
    for (StoreKind store : StoreKind.values()) {
      for (Step step :
          List.<Step>of(
              () -> send(store, false),
              () -> send(store, true),
              () -> receive(store),
              () -> room(store),
              () -> dialogue(store, "send", Dialogue.DEVICES),
              () -> dialogue(store, "receive", Dialogue.DEVICES * Dialogue.EVENTS_PER_DEVICE))) {
        BenchLine line = step.measure();
        lines.add(line);
        out.println(json ? line.toJson() : line.toRow());
        out.flush();
      }
    }
    return lines;
  }

  @FunctionalInterface
  private interface Step {
    BenchLine measure() throws RunnerException;
  }

  /** Against the peer, if there is one; shots of it and of ours alternate. */
  private BenchLine dialogue(StoreKind store, String part, int size) throws RunnerException {
    int contenders = peer.isEmpty() ? 1 : 2;
    List<Double> shots =
        shots(
            DialogueBenchmark.class,
            "machine",
            Map.of("store", store.name(), "peer", peer, "part", part),
            contenders);
    List<double[]> rounds = new ArrayList<>();
    for (int i = 0; i + contenders <= shots.size(); i += contenders) {
      rounds.add(new double[] {shots.get(i), shots.get(i + contenders - 1)});
    }
    BenchLine line =
        BenchLine.ofMillis(
            "dialogue." + part + "." + label(store), size, Medians.of(rounds, round -> round[1]));
    return peer.isEmpty()
        ? line
        : line.against(
            RustDialogue.NAME,
            Medians.of(rounds, round -> round[0]),
            Medians.of(rounds, round -> round[1] / round[0]));
  }

  private BenchLine send(StoreKind store, boolean turn) throws RunnerException {
    double millis =
        Medians.of(
            shots(
                SendBenchmark.class,
                "send",
                Map.of("store", store.name(), "turn", Boolean.toString(turn)),
                1),
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
            shots(ReceiveBenchmark.class, "receive", Map.of("store", store.name()), 1),
            millis -> events * 1_000.0 / millis);
    return BenchLine.ofRate("machine.receive." + label(store), events, perSecond);
  }

  private BenchLine room(StoreKind store) throws RunnerException {
    double perSecond =
        Medians.of(
            shots(RoomBenchmark.class, "read", Map.of("store", store.name()), 1),
            millis -> RoomBenchmark.EVENTS * 1_000.0 / millis);
    return BenchLine.ofRate("machine.room." + label(store), RoomBenchmark.EVENTS, perSecond);
  }

  private static String label(StoreKind store) {
    return store.name().toLowerCase(Locale.ROOT);
  }

  private List<Double> shots(
      Class<?> benchmark, String method, Map<String, String> parameters, int contenders)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmark.getName() + "\\." + method + "$")
            .forks(plan.forks())
            // On a busy machine the compiler may starve, and the warm-up end before its work.
            .jvmArgsAppend("-XX:-BackgroundCompilation")
            .warmupIterations(contenders * plan.warmups())
            .measurementIterations(contenders * plan.shots())
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
   * @throws IOException if there is no place for temporary files
   */
  public static void main(String[] args) throws RunnerException, IOException {
    List<String> options = List.of(args);
    run(
        options.contains("--quick") ? Plan.QUICK : Plan.FULL,
        options.contains("--json"),
        System.out,
        System.err);
  }
}
