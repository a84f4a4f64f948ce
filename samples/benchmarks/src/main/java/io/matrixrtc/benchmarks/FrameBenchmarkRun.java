package io.matrixrtc.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link FrameBenchmark} and prints what came out, as a table or as JSON lines. */
public final class FrameBenchmarkRun {
  /**
   * How long to measure. An iteration of the floor and the next one of ours are a pair.
   *
   * @param forks JVMs for each measurement
   * @param warmupPairs pairs before the measurement, in each fork
   * @param pairs pairs measured, in each fork
   * @param iterationMillis length of one iteration
   */
  public record Plan(int forks, int warmupPairs, int pairs, int iterationMillis) {
    /** About five seconds for each measurement, one fork: to see that it works. */
    public static final Plan QUICK = new Plan(1, 5, 10, 150);

    /** About half a minute for each measurement, two forks: to publish. */
    public static final Plan FULL = new Plan(2, 8, 20, 250);
  }

  /**
   * One line of the result.
   *
   * @param name {@code frame.encrypt} or {@code frame.decrypt}
   * @param codec {@code opus}, {@code vp8} or {@code h264}
   * @param bytes length of the encoded frame
   * @param opsPerSecond frames a second, median
   * @param floorOpsPerSecond the same for the JCE alone
   * @param ratio the median of the pairs' ratios
   * @param pairs how many pairs there were
   */
  public record Measurement(
      String name,
      String codec,
      int bytes,
      double opsPerSecond,
      double floorOpsPerSecond,
      double ratio,
      int pairs) {

    /** One JSON object, on one line. */
    public String toJson() {
      return String.format(
          Locale.ROOT,
          "{\"type\":\"bench\",\"name\":\"%s\",\"bytes\":%d,\"codec\":\"%s\","
              + "\"opsPerSecond\":%.0f,\"floorOpsPerSecond\":%.0f,\"ratio\":%.4f,\"pairs\":%d}",
          name,
          bytes,
          codec,
          opsPerSecond,
          floorOpsPerSecond,
          ratio,
          pairs);
    }

    String toRow() {
      return String.format(
          Locale.ROOT,
          "%-14s %-5s %6d %14.0f %14.0f %8.3f",
          name,
          codec,
          bytes,
          opsPerSecond,
          floorOpsPerSecond,
          ratio);
    }
  }

  private record Frame(String codec, int bytes) {}

  private static final List<Frame> FRAMES =
      List.of(
          new Frame("opus", 100),
          new Frame("opus", 1200),
          new Frame("opus", 20000),
          new Frame("vp8", 100),
          new Frame("vp8", 1200),
          new Frame("vp8", 20000),
          new Frame("h264", 20000));

  private FrameBenchmarkRun() {}

  /**
   * Measures everything, one line on {@code out} after each measurement.
   *
   * @throws RunnerException if a benchmark or its JVM failed
   */
  public static List<Measurement> run(Plan plan, boolean json, PrintStream out)
      throws RunnerException {
    if (!json) {
      out.printf(
          "%-14s %-5s %6s %14s %14s %8s%n",
          "benchmark", "codec", "bytes", "frames/s", "floor/s", "ratio");
    }
    List<Measurement> measurements = new ArrayList<>();
    for (String direction : List.of("encrypt", "decrypt")) {
      for (Frame frame : FRAMES) {
        Measurement measurement = measure(plan, direction, frame);
        measurements.add(measurement);
        out.println(json ? measurement.toJson() : measurement.toRow());
        out.flush();
      }
    }
    return measurements;
  }

  private static Measurement measure(Plan plan, String direction, Frame frame)
      throws RunnerException {
    TimeValue iteration = TimeValue.milliseconds(plan.iterationMillis());
    Options options =
        new OptionsBuilder()
            .include("^" + FrameBenchmark.class.getName() + "\\." + direction + "$")
            .param("codec", frame.codec())
            .param("bytes", Integer.toString(frame.bytes()))
            .forks(plan.forks())
            .warmupIterations(2 * plan.warmupPairs())
            .warmupTime(iteration)
            .measurementIterations(2 * plan.pairs())
            .measurementTime(iteration)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    List<Double> ours = new ArrayList<>();
    List<Double> floor = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (RunResult result : results) {
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        List<IterationResult> iterations = List.copyOf(fork.getIterationResults());
        for (int i = 0; i + 1 < iterations.size(); i += 2) {
          double floorScore = iterations.get(i).getPrimaryResult().getScore();
          double ourScore = iterations.get(i + 1).getPrimaryResult().getScore();
          floor.add(floorScore);
          ours.add(ourScore);
          ratios.add(ourScore / floorScore);
        }
      }
    }
    return new Measurement(
        "frame." + direction,
        frame.codec(),
        frame.bytes(),
        median(ours),
        median(floor),
        median(ratios),
        ratios.size());
  }

  private static double median(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalStateException("the benchmark measured nothing");
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
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
