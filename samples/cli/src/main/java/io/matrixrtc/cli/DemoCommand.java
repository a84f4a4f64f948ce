package io.matrixrtc.cli;

import io.matrixrtc.cli.demo.DemoRun;
import io.matrixrtc.cli.demo.ScenarioPlay;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.demo.Cast;
import io.matrixrtc.testkit.scenario.ScenarioException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The main job: a scripted call, with proof that nobody who should not can listen. */
@Command(
    name = "demo",
    description = {
      "Play a scripted end-to-end encrypted call and try to break it.",
      "",
      "Every participant is a full client with its own store: it signs in over HTTP, sends its"
          + " media key to the others' devices by Olm, and encrypts real Opus and VP8 frames. A"
          + " relay stands in for the SFU; it has no keys. People join late, leave, come back;"
          + " those who should not hear something try to, with everything they ever legitimately"
          + " got."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc demo                                  6 devices, about half a minute",
      "  matrixrtc demo --fast --report report.html      20 times faster, with a report",
      "  matrixrtc demo --processes                      each participant in its own JVM",
      "  matrixrtc demo --participants 12 --seed 7",
      "  matrixrtc demo --scenario docs/scenarios/leaver.yaml --report leaver.html",
      "  matrixrtc demo --homeserver http://localhost:8008 --accounts accounts.txt",
      "",
      "Exit codes: 0 all checks held, 1 a check or a step failed, 2 wrong usage"
    })
final class DemoCommand implements Callable<Integer> {
  /** What a scenario says itself, or cannot have. */
  private static final List<String> NOT_WITH_A_SCENARIO =
      List.of("--participants", "--seed", "--policy", "--trust", "--processes");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-n", "--participants"},
      paramLabel = "N",
      defaultValue = "6",
      description =
          "Devices in the call, 2 to 32 (default: ${DEFAULT-VALUE}). From 4 on somebody leaves and"
              + " somebody comes late, from 5 on a user has two devices, from 6 on one is muted,"
              + " and one more device crashes.")
  private int participants;

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description =
          "Play this YAML file in place of the demo's script; it says its own devices, policy,"
              + " trust and seed (see docs/TESTING-KEY-SHARING.md).")
  private @Nullable Path scenario;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the script's small variations (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--fast", description = "Media and key delays run 20 times faster; HTTP is real")
  private boolean fast;

  @Option(names = "--processes", description = "Run each participant in a JVM of its own.")
  private boolean processes;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      defaultValue = "strict",
      description =
          "Rotation policy: strict, parity, demand or ratchet (default: ${DEFAULT-VALUE}). The"
              + " deadlines of demand run faster with --fast, and HTTP does not: play it without.")
  private String policy = "strict";

  @Option(
      names = "--trust",
      paramLabel = "NAME",
      defaultValue = "cross-signed",
      description =
          "Who gets keys, and whose count: all, or cross-signed (default: ${DEFAULT-VALUE}), where"
              + " each user gets an identity that signs the user's devices.")
  private String trust = "cross-signed";

  @Option(
      names = "--homeserver",
      paramLabel = "URL",
      description =
          "Use this homeserver in place of the embedded one. Checks that need its database are then"
              + " not applicable.")
  private @Nullable URI homeserver;

  @Option(
      names = "--accounts",
      paramLabel = "FILE",
      description =
          "Accounts on that homeserver, a line 'localpart password' each, for alice, bob, dave,"
              + " erin, carol, guest1 …; without it they are registered.")
  private @Nullable Path accounts;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the embedded homeserver (default: a free one).")
  private int port;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out",
      description = "Where the recordings go (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("out");

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a page with the key-sharing timeline.")
  private @Nullable Path report;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write everything that happened, one JSON object per line.")
  private @Nullable Path trace;

  @Option(names = "--json", description = "Print events as JSON lines, a summary as the last one.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    checkUsage();
    DemoRun.Options options =
        new DemoRun.Options(
            participants,
            seed,
            fast ? 20 : 1,
            processes,
            policy,
            trust,
            homeserver,
            accounts,
            port,
            out,
            report,
            trace,
            json);
    try {
      Path file = scenario;
      boolean ok = file == null ? new DemoRun(options).play() : play(file, options);
      return ok ? 0 : 1;
    } catch (ScriptException | IOException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }

  private boolean play(Path file, DemoRun.Options options) throws IOException, CommandFailure {
    ScenarioPlay play;
    try {
      play = new ScenarioPlay(options, file);
    } catch (ScenarioException e) {
      String problems =
          e.problems().stream()
              .map(problem -> file + ":" + problem.line() + ": " + problem.text())
              .collect(Collectors.joining("\n"));
      throw new ParameterException(spec.commandLine(), problems);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": is the path right?");
    }
    return play.play();
  }

  private void checkScenario() {
    for (String option : NOT_WITH_A_SCENARIO) {
      if (scenario != null && spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ParameterException(
            spec.commandLine(),
            option + " does not go with --scenario: the file has its own script. Leave it out.");
      }
    }
  }

  private void checkUsage() {
    checkScenario();
    try {
      Cast.of(participants);
      RotationPolicies.named(policy, Map.of());
      if (TrustRequirement.named(trust) == TrustRequirement.VERIFIED) {
        throw new IllegalArgumentException(
            "--trust verified would refuse every key: the demo's users have not verified each"
                + " other. Use --trust cross-signed.");
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    if (port < 0 || port > 65_535) {
      throw new ParameterException(spec.commandLine(), "port: want 0 to 65535, got " + port);
    }
    if (accounts != null && homeserver == null) {
      throw new ParameterException(spec.commandLine(), "--accounts goes with --homeserver");
    }
  }
}
