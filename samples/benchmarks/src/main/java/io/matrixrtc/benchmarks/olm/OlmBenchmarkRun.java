package io.matrixrtc.benchmarks.olm;

import io.matrixrtc.benchmarks.BenchLine;
import io.matrixrtc.benchmarks.Medians;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link OlmBenchmark} and {@link MegolmBenchmark}, and prints our time as a multiple of each
 * peer's.
 */
public final class OlmBenchmarkRun {
  /**
   * How long to measure. One iteration of each contender is a round.
   *
   * @param forks JVMs for each measurement
   * @param warmupRounds rounds before the measurement, in each fork
   * @param rounds rounds measured, in each fork
   * @param iterationMillis length of one iteration
   */
  public record Plan(int forks, int warmupRounds, int rounds, int iterationMillis) {
    /** About eight seconds for each measurement, one fork: to see that it works. */
    public static final Plan QUICK = new Plan(1, 15, 12, 100);

    /** About half a minute for each measurement, two forks: to publish. */
    public static final Plan FULL = new Plan(2, 15, 40, 100);
  }

  private static final List<String> WORK = List.of("outbound", "inbound", "encrypt", "exchange");
  private static final List<String> GROUP_WORK = List.of("megolmEncrypt", "megolmDecrypt");
  private static final List<Integer> BYTES = List.of(100, 1000);

  private final Plan plan;
  private final Set<Peer> peers;

  private OlmBenchmarkRun(Plan plan, Set<Peer> peers) {
    this.plan = plan;
    this.peers = peers;
  }

  /**
   * Measures everything; one line on {@code out} after each measurement and for each peer.
   *
   * @param err where it is said that a peer cannot be had on this platform
   * @throws RunnerException if a benchmark or its JVM failed
   */
  public static List<BenchLine> run(Plan plan, boolean json, PrintStream out, PrintStream err)
      throws RunnerException {
    Set<Peer> available = available(err);
    Set<Peer> groups = EnumSet.noneOf(Peer.class);
    if (available.contains(Peer.LIBOLM)) {
      groups.add(Peer.LIBOLM);
    }
    if (!json) {
      out.println(BenchLine.TABLE_HEAD);
    }
    List<BenchLine> lines =
        new OlmBenchmarkRun(plan, available).run(OlmBenchmark.class, WORK, json, out);
    lines.addAll(
        new OlmBenchmarkRun(plan, groups).run(MegolmBenchmark.class, GROUP_WORK, json, out));
    return lines;
  }

  private List<BenchLine> run(Class<?> benchmark, List<String> all, boolean json, PrintStream out)
      throws RunnerException {
    List<BenchLine> lines = new ArrayList<>();
    for (String work : all) {
      for (int bytes : BYTES) {
        for (BenchLine line : measure(benchmark, work, bytes)) {
          lines.add(line);
          out.println(json ? line.toJson() : line.toRow());
        }
        out.flush();
      }
    }
    return lines;
  }

  private static Set<Peer> available(PrintStream err) {
    Set<Peer> available = EnumSet.noneOf(Peer.class);
    for (Peer peer : Peer.values()) {
      try (Contender contender = peer.start()) {
        available.add(peer);
      } catch (LinkageError | RuntimeException e) {
        err.println("bench: NO COMPARISON WITH " + peer + ": it does not load here: " + e);
      }
    }
    return available;
  }

  private List<BenchLine> measure(Class<?> benchmark, String work, int bytes)
      throws RunnerException {
    int contenders = peers.size() + 1;
    TimeValue iteration = TimeValue.milliseconds(plan.iterationMillis());
    Options options =
        new OptionsBuilder()
            .include("^" + benchmark.getName() + "\\." + work + "$")
            .param("bytes", Integer.toString(bytes))
            .param("peers", peers.stream().map(Peer::name).collect(Collectors.joining(",")))
            .forks(plan.forks())
            // On a busy machine the compiler may starve, and the warm-up end before its work.
            .jvmArgsAppend("-XX:-BackgroundCompilation")
            .warmupIterations(contenders * plan.warmupRounds())
            .warmupTime(iteration)
            .measurementIterations(contenders * plan.rounds())
            .measurementTime(iteration)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    List<List<IterationResult>> rounds = new ArrayList<>();
    for (RunResult result : new Runner(options).run()) {
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        List<IterationResult> iterations = List.copyOf(fork.getIterationResults());
        for (int i = 0; i + contenders <= iterations.size(); i += contenders) {
          rounds.add(iterations.subList(i, i + contenders));
        }
      }
    }
    return lines("olm." + work, bytes, rounds);
  }

  private static double rate(IterationResult iteration) {
    return iteration.getPrimaryResult().getScore();
  }

  private static double cpuNanosPerOperation(IterationResult iteration) {
    return counter(iteration, "cpuNanos") / counter(iteration, "operations");
  }

  private static double counter(IterationResult iteration, String name) {
    Result<?> counter = iteration.getSecondaryResults().get(name);
    if (counter == null) {
      throw new IllegalStateException("JMH did not count " + name);
    }
    return counter.getScore();
  }

  /** The last of each round is ours. */
  private List<BenchLine> lines(String name, int bytes, List<List<IterationResult>> rounds) {
    int own = peers.size();
    BenchLine line =
        BenchLine.ofRate(name, bytes, Medians.of(rounds, round -> rate(round.get(own))));
    if (peers.isEmpty()) {
      return List.of(line);
    }
    List<BenchLine> lines = new ArrayList<>();
    for (Peer peer : peers) {
      int at = lines.size();
      BenchLine compared =
          line.against(
              peer + " " + peer.version(),
              Medians.of(rounds, round -> rate(round.get(at))),
              Medians.of(rounds, round -> rate(round.get(at)) / rate(round.get(own))));
      lines.add(
          compared.withCpuRatio(
              Medians.of(
                  rounds,
                  round ->
                      cpuNanosPerOperation(round.get(own)) / cpuNanosPerOperation(round.get(at)))));
    }
    return lines;
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
        System.out,
        System.err);
  }
}
