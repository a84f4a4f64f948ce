package io.matrixrtc.benchmarks.widget;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.benchmarks.Medians;
import io.matrixrtc.json.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The widget bridge under an open-loop load, against a bare Vert.x WebSocket that says back what it
 * hears, over the loopback: each message has a time at which it is to be sent, and its latency
 * counts from then, whether the sender was late or not. Rounds of both sides take turns. And what
 * thousands of idle sessions of one account take of the heap.
 */
public final class WidgetBenchmarkRun {
  /** Sessions under load. */
  static final int SESSIONS = 200;

  /** Messages of each session in a second. */
  static final int PER_SECOND = 20;

  /** What our 99th percentile may be of the echo's. */
  static final double GOAL_RATIO = 3;

  /** And what it may be at most while the echo's is under {@link #ECHO_MILLIS}. */
  static final double GOAL_MILLIS = 10;

  static final double ECHO_MILLIS = 3;

  /** What idle sessions may take of the heap, in MiB. */
  static final int GOAL_MB = 128;

  private static final int LIMIT_SECONDS = 120;

  /** How much is measured. */
  public enum Plan {
    /** Five rounds of 5 s, and 2,000 idle sessions. */
    FULL(5, 5, 2_000),
    /** One round of 2 s, and 200 idle sessions. */
    QUICK(1, 2, 200);

    private final int rounds;
    private final int seconds;
    private final int idle;

    Plan(int rounds, int seconds, int idle) {
      this.rounds = rounds;
      this.seconds = seconds;
      this.idle = idle;
    }
  }

  private WidgetBenchmarkRun() {}

  /**
   * Measures, and prints a line for each of {@code supported_api_versions}, {@code
   * get_rtc_transports} with a stub driver, and idle sessions.
   *
   * @throws IOException if something does not start, or an answer does not come
   */
  public static void run(Plan plan, boolean json, PrintStream out)
      throws IOException, InterruptedException {
    load(plan, json, out);
    idle(plan.idle, json, out);
  }

  private static void load(Plan plan, boolean json, PrintStream out)
      throws IOException, InterruptedException {
    Vertx servers = Vertx.vertx();
    Vertx clients = Vertx.vertx();
    try {
      load(plan, servers, clients, new StubHosts(), json, out);
    } finally {
      await(clients.close());
      await(servers.close());
    }
  }

  private static void load(
      Plan plan, Vertx servers, Vertx clients, StubHosts hosts, boolean json, PrintStream out)
      throws IOException, InterruptedException {
    BenchServer bridge = await(BenchServer.bridge(servers, hosts));
    BenchServer echo = await(BenchServer.echo(servers));
    OpenLoop ours = await(OpenLoop.open(clients, bridge, SESSIONS));
    OpenLoop theirs = await(OpenLoop.open(clients, echo, SESSIONS));
    for (String action : List.of("supported_api_versions", "get_rtc_transports")) {
      round(ours, action, plan.seconds); // warms up
      round(theirs, action, plan.seconds);
      List<Percentiles> hosted = new ArrayList<>();
      List<Percentiles> bare = new ArrayList<>();
      for (int i = 0; i < plan.rounds; i++) {
        bare.add(round(theirs, action, plan.seconds));
        hosted.add(round(ours, action, plan.seconds));
      }
      print(action, Percentiles.median(hosted), Percentiles.median(bare), json, out);
    }
    await(bridge.drain());
  }

  private static Percentiles round(OpenLoop loop, String action, int seconds)
      throws IOException, InterruptedException {
    return Percentiles.of(await(loop.run(action, PER_SECOND, seconds)));
  }

  /** Milliseconds. */
  private record Percentiles(double median, double p99, double longest) {
    static Percentiles of(long[] nanos) {
      Arrays.sort(nanos);
      return new Percentiles(at(nanos, 0.5), at(nanos, 0.99), at(nanos, 1));
    }

    private static double at(long[] sortedNanos, double share) {
      int index = (int) Math.ceil(share * sortedNanos.length) - 1;
      return sortedNanos[Math.max(0, index)] / 1e6;
    }

    /** Each the median of the rounds. */
    static Percentiles median(List<Percentiles> rounds) {
      return new Percentiles(
          Medians.of(rounds, Percentiles::median),
          Medians.of(rounds, Percentiles::p99),
          Medians.of(rounds, Percentiles::longest));
    }
  }

  private static void print(
      String action, Percentiles ours, Percentiles echo, boolean json, PrintStream out) {
    double ratio = ours.p99 / echo.p99;
    boolean met = ratio <= GOAL_RATIO && (echo.p99 >= ECHO_MILLIS || ours.p99 < GOAL_MILLIS);
    if (json) {
      ObjectNode line = Json.newObject().put("type", "bench").put("name", "widget." + action);
      line.put("sessions", SESSIONS).put("perSecond", SESSIONS * PER_SECOND);
      line.put("medianMillis", rounded(ours.median)).put("p99Millis", rounded(ours.p99));
      line.put("maxMillis", rounded(ours.longest)).put("peer", "bare Vert.x echo");
      line.put("peerMedianMillis", rounded(echo.median)).put("peerP99Millis", rounded(echo.p99));
      line.put("ratio", rounded(ratio)).put("goalRatio", GOAL_RATIO);
      line.put("goalP99Millis", GOAL_MILLIS).put("goalMet", met);
      out.println(line);
    } else {
      out.println(
          String.format(
              Locale.ROOT,
              "widget.%s: %d sessions, %d messages/s each: median %.2f ms, p99 %.2f ms; bare Vert.x"
                  + " echo %.2f and %.2f ms; ratio of p99 %.2f (goal %.0f)",
              action,
              SESSIONS,
              PER_SECOND,
              ours.median,
              ours.p99,
              echo.median,
              echo.p99,
              ratio,
              GOAL_RATIO));
    }
  }

  private static void idle(int sessions, boolean json, PrintStream out)
      throws IOException, InterruptedException {
    double growthMb = IdleSessions.heapGrowthMb(sessions);
    double ratio = growthMb / GOAL_MB;
    if (json) {
      ObjectNode line = Json.newObject().put("type", "bench").put("name", "widget.idle");
      line.put("sessions", sessions).put("heapGrowthMb", rounded(growthMb));
      line.put("goalMb", GOAL_MB).put("ratio", rounded(ratio));
      out.println(line.put("goalMet", growthMb < GOAL_MB));
    } else {
      out.println(
          String.format(
              Locale.ROOT,
              "widget.idle: %,d sessions of one account, with their clients: %.1f MiB of heap"
                  + " (goal: less than %d)",
              sessions,
              growthMb,
              GOAL_MB));
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }

  static <T> T await(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer in " + LIMIT_SECONDS + " s", e);
    }
  }
}
