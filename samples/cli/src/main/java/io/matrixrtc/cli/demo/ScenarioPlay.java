package io.matrixrtc.cli.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.peers.ElementCallBrowser;
import io.matrixrtc.testkit.peers.JsSdk;
import io.matrixrtc.testkit.scenario.Scenario;
import io.matrixrtc.testkit.scenario.ScenarioException;
import io.matrixrtc.testkit.scenario.ScenarioRun;
import io.matrixrtc.testkit.scenario.Step;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** One run of a scenario file, from the homeserver's start to the page of its trace. */
public final class ScenarioPlay {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final DemoRun.Options options;
  private final Scenario scenario;
  private final String name;

  /**
   * @throws ScenarioException with everything that is wrong with the file, by line
   */
  public ScenarioPlay(DemoRun.Options options, Path file) throws IOException, ScenarioException {
    this.options = options;
    this.scenario = Scenario.read(file);
    this.name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }

  /**
   * Plays it and prints each step as it is done. Returns whether every step was. If one was not,
   * the trace and its page are kept though nobody asked for them, and it is said where.
   *
   * @throws ScriptException if the homeserver or the relay cannot be started, or what is to be kept
   *     cannot be written
   */
  public boolean play() {
    OutputPaths.make(options);
    // It starts nothing until a device of it does.
    try (ElementCallBrowser browser = new ElementCallBrowser()) {
      return play(
          new ScenarioRun(scenario, Map.of("js-sdk", JsSdk.participant(), "browser", browser)));
    }
  }

  private boolean play(ScenarioRun run) {
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
      Kept kept = kept(failure.isPresent());
      kept.trace().ifPresent(call::writeTrace);
      kept.report().ifPresent(call::writeTrace);
      end(failure, kept);
      return failure.isEmpty();
    }
  }

  /** Where the trace goes, and its page. */
  private record Kept(Optional<Path> trace, Optional<Path> report) {}

  /** CLI-KEPT: a failure cannot be asked for its trace afterwards, so that it leaves one. */
  private Kept kept(boolean failed) {
    Optional<Path> trace = Optional.ofNullable(options.trace());
    Optional<Path> report = Optional.ofNullable(options.report());
    if (!failed || report.isPresent()) {
      return new Kept(trace, report);
    }
    return new Kept(
        trace.or(() -> Optional.of(options.out().resolve(name + ".jsonl"))),
        Optional.of(options.out().resolve(name + ".html")));
  }

  private void end(Optional<String> failure, Kept kept) {
    Optional<String> report = kept.report().map(page -> page.toAbsolutePath().toString());
    if (options.json()) {
      System.out.println(
          MAPPER
              .createObjectNode()
              .put("type", "summary")
              .put("ok", failure.isEmpty())
              .put("scenario", scenario.title())
              .put("steps", scenario.steps().size())
              .put("error", failure.orElse(null))
              .put("report", report.orElse(null)));
    } else {
      report.ifPresent(page -> System.out.println("Report: " + page));
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
