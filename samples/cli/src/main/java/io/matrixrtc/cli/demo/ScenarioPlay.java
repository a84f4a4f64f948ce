package io.matrixrtc.cli.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.scenario.Scenario;
import io.matrixrtc.testkit.scenario.ScenarioException;
import io.matrixrtc.testkit.scenario.ScenarioRun;
import io.matrixrtc.testkit.scenario.Step;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.ScriptSettings;
import io.matrixrtc.testkit.trace.TraceJson;
import io.matrixrtc.testkit.viewer.TraceViewer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One run of a scenario file, from the homeserver's start to the page of its trace. */
public final class ScenarioPlay {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final DemoRun.Options options;
  private final Scenario scenario;

  /**
   * @throws ScenarioException with everything that is wrong with the file, by line
   */
  public ScenarioPlay(DemoRun.Options options, Path file) throws IOException, ScenarioException {
    this.options = options;
    this.scenario = Scenario.read(file);
  }

  /**
   * Plays it and prints each step as it is done. Returns whether every step was.
   *
   * @throws ScriptException if the homeserver or the relay cannot be started
   */
  public boolean play() throws IOException {
    OutputPaths.make(options);
    ScenarioRun run = new ScenarioRun(scenario);
    // In virtual time nobody listens, so that there is no port to choose either.
    ScriptSettings on =
        scenario.virtualTime() && options.homeserver() == null
            ? ScriptSettings.embedded()
            : ScriptSettings.on(() -> DemoServers.withFaults(options));
    ScriptSettings settings = run.settings(on);
    if (options.speed() > 1) {
      settings = settings.atSpeed(options.speed());
    }
    if (!options.json()) {
      System.out.println(scenario.title());
    }
    try (CallScript call = CallScript.open(settings)) {
      Optional<String> failure = run.play(call, new Printer());
      write(call);
      end(failure);
      return failure.isEmpty();
    }
  }

  private void write(CallScript call) throws IOException {
    Path trace = options.trace();
    if (trace != null) {
      TraceJson.write(trace, call.trace());
    }
    Path report = options.report();
    if (report != null) {
      TraceViewer.write(report, call.trace(), scenario.title());
      if (!options.json()) {
        System.out.println("Report: " + report.toAbsolutePath());
      }
    }
  }

  private void end(Optional<String> failure) {
    if (options.json()) {
      System.out.println(
          MAPPER
              .createObjectNode()
              .put("type", "summary")
              .put("ok", failure.isEmpty())
              .put("scenario", scenario.title())
              .put("steps", scenario.steps().size())
              .put("error", failure.orElse(null)));
    } else {
      System.out.println(
          failure
              .map(sentence -> "FAILED at " + sentence)
              .orElse("All " + scenario.steps().size() + " steps are done."));
    }
  }

  private final class Printer implements ScenarioRun.Listener {
    private long begun;

    @Override
    public void onStep(Step step) {
      begun = System.nanoTime();
    }

    @Override
    public void onDone(Step step, Optional<String> failure) {
      long millis = (System.nanoTime() - begun) / 1_000_000;
      if (options.json()) {
        System.out.println(
            MAPPER
                .createObjectNode()
                .put("type", "step")
                .put("line", step.line())
                .put("step", step.toString())
                .put("ok", failure.isEmpty())
                .put("wallMs", millis));
      } else {
        String mark = failure.isEmpty() ? "ok" : "NO";
        System.out.printf("  %2s  line %3d  %-60s %6d ms%n", mark, step.line(), step, millis);
      }
    }
  }
}
