package io.matrixrtc.cli.demo;

import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.WorldSettings;
import io.matrixrtc.testkit.demo.DemoCall;
import io.matrixrtc.testkit.demo.DemoOutcome;
import io.matrixrtc.testkit.demo.DemoSettings;
import io.matrixrtc.testkit.report.HtmlReport;
import io.matrixrtc.testkit.report.ReportSummary;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of the demo, from the homeserver's start to the report. */
public final class DemoRun {
  /** The use delay of today's Element Call, in media time. */
  private static final Duration USE_KEY_DELAY = Duration.ofSeconds(1);

  private final Options options;

  /**
   * What was asked for.
   *
   * @param speed media seconds per second
   * @param homeserver null for the embedded one
   * @param accounts null to register accounts
   * @param port of the embedded homeserver, 0 for a free one
   * @param report null for none
   * @param trace null for none
   */
  public record Options(
      int participants,
      long seed,
      double speed,
      boolean processes,
      String policy,
      String trust,
      @Nullable URI homeserver,
      @Nullable Path accounts,
      int port,
      Path out,
      @Nullable Path report,
      @Nullable Path trace,
      boolean json) {}

  public DemoRun(Options options) {
    this.options = options;
  }

  /**
   * Plays the demo and prints what came out. Returns whether every check held.
   *
   * @throws ScriptException if a step cannot be done; the trace up to then is written all the same
   */
  public boolean play() throws IOException {
    OutputPaths.make(options);
    WorldSettings settings =
        new WorldSettings(
            DemoServers.open(options),
            options.speed(),
            options.policy(),
            USE_KEY_DELAY,
            options.trust(),
            ParticipantStarter.of(options.processes()));
    try (World world = World.open(settings)) {
      Display display = Display.of(options.json(), world);
      try {
        begin(world);
        DemoOutcome outcome = new DemoCall(world, demoSettings(), display::progress).play();
        display.finish();
        writeTrace(world);
        writeReport(world, outcome);
        print(outcome);
        return outcome.ok();
      } catch (ScriptException e) {
        world.record(new TraceEvent.CallEnded(false, String.valueOf(e.getMessage())));
        display.finish();
        writeTrace(world);
        if (options.json()) {
          System.out.println(SummaryJson.ofFailure(String.valueOf(e.getMessage())));
        }
        throw e;
      } finally {
        display.finish();
      }
    }
  }

  private DemoSettings demoSettings() {
    return new DemoSettings(
        options.participants(),
        options.seed(),
        options.policy(),
        USE_KEY_DELAY,
        DemoSettings.EXPOSURE_ALLOWANCE,
        options.out());
  }

  private void begin(World world) {
    world.record(
        new TraceEvent.CallStarted(
            "matrixrtc demo",
            options.policy(),
            "",
            options.seed(),
            options.speed(),
            options.processes() ? options.participants() + 1 : 1));
    world.record(
        new TraceEvent.Noted(
            null, "keys of senders count under the trust policy " + options.trust()));
  }

  private void writeTrace(World world) throws IOException {
    Path trace = options.trace();
    if (trace != null) {
      TraceJson.write(trace, world.trace());
    }
  }

  private void writeReport(World world, DemoOutcome outcome) throws IOException {
    Path report = options.report();
    if (report != null) {
      HtmlReport.write(report, world.trace(), summary(outcome));
      if (!options.json()) {
        System.out.println("Report: " + report.toAbsolutePath());
      }
    }
  }

  private ReportSummary summary(DemoOutcome outcome) {
    return new ReportSummary(
        outcome.ok() ? "A private call" : "A call that failed its checks",
        "Policy "
            + options.policy()
            + ", trust "
            + options.trust()
            + (options.speed() == 1 ? "" : ", " + options.speed() + " times faster than real time")
            + ".",
        List.of(
            new ReportSummary.Figure(
                outcome.timeToMediaMs().p50() + " ms",
                "time to media",
                "median from a join to the first frame; p99 "
                    + outcome.timeToMediaMs().p99()
                    + " ms"),
            new ReportSummary.Figure(
                outcome.exposureAfterLeaveMs().p99() + " ms",
                "exposure after the leave",
                "until the last sender used its next key"),
            new ReportSummary.Figure(
                Long.toString(outcome.keysSeenByServer()), "keys seen by the servers", "")),
        List.of(
            "Run it again: matrixrtc demo --participants "
                + options.participants()
                + " --seed "
                + options.seed()
                + " --policy "
                + options.policy()));
  }

  private void print(DemoOutcome outcome) {
    if (options.json()) {
      System.out.println(SummaryJson.of(outcome));
    } else {
      new SummaryText(System.out).print(outcome);
      System.out.println("Recordings: " + options.out().toAbsolutePath());
    }
  }
}
