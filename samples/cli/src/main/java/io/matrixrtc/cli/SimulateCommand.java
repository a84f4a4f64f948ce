package io.matrixrtc.cli;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.cli.simulate.SimulationJson;
import io.matrixrtc.cli.simulate.SimulationPlot;
import io.matrixrtc.cli.simulate.SimulationTable;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.testkit.simulation.CallSchedule;
import io.matrixrtc.testkit.simulation.CallSimulation;
import io.matrixrtc.testkit.simulation.PolicyResult;
import io.matrixrtc.testkit.simulation.SimulationPreset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What rotation policies cost and protect in large calls, in virtual time. */
@Command(
    name = "simulate",
    description = {
      "Play a whole call in virtual time under several rotation policies.",
      "",
      "Every participant runs the library's own key distribution; network and media are modelled.",
      "All policies meet the same joins, leaves, unmutes and delays. A message is one recipient"
          + " device."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Presets: 10, 50, 200, 1000: so many settled members, of whom 2, 2, 5, 25 speak, in ten",
      "minutes of joins and leaves; start: 50 people join in 10 s, all speaking; lecture: one",
      "speaker, 500 joins in ten minutes.",
      "",
      "Examples:",
      "  matrixrtc simulate",
      "  matrixrtc simulate --preset lecture --policies demand,ratchet --receivers walk",
      "  matrixrtc simulate --preset 200 --policies parity,demand,ratchet --seed 1 --json",
      "  matrixrtc simulate --preset 50 --plot simulation.html"
    })
final class SimulateCommand implements Callable<Integer> {
  private static final String PLOT = "--plot: ";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "200",
      description =
          "What happens: 10, 50, 200, 1000, start or lecture (default: ${DEFAULT-VALUE}).")
  private String preset = "200";

  @Option(
      names = "--policies",
      paramLabel = "NAMES",
      split = ",",
      defaultValue = "parity,demand,ratchet",
      description =
          "demand, ratchet, parity, strict, participant-limit, budgeted; the first is what shares"
              + " are taken of (default: ${DEFAULT-VALUE}).")
  private List<String> policies = List.of();

  @Option(
      names = "--receivers",
      paramLabel = "KIND",
      defaultValue = "js",
      description =
          "How receivers follow a ratchet: walk (as this library does) or js (as livekit-client"
              + " does, which is one step at most) (default: ${DEFAULT-VALUE}).")
  private String receivers = "js";

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of everything that is drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--plot", paramLabel = "FILE", description = "Write a page with plots.")
  private @Nullable Path plot;

  @Option(
      names = "--json",
      description = "Print JSON lines: losses, then at the end one line for each policy.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    SimulationPreset chosen;
    List<RotationPolicy> compared;
    try {
      chosen = SimulationPreset.named(preset);
      compared = policies.stream().map(name -> RotationPolicies.named(name, Map.of())).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    CallSimulation.Receivers kind = kind();
    Path page = plot;
    if (page != null) {
      preparePlot(page);
    }
    CallSchedule schedule = CallSchedule.draw(chosen, seed);
    List<PolicyResult> results =
        compared.parallelStream()
            .map(policy -> CallSimulation.run(policy, schedule, kind, seed))
            .toList();
    print(results);
    if (page != null) {
      String title = "Preset " + preset + ", seed " + seed + ", receivers " + receivers;
      try {
        Files.writeString(page, SimulationPlot.page(title, results));
      } catch (IOException e) {
        throw new CommandFailure(PLOT + page + " cannot be written. Choose another one.");
      }
    }
    return 0;
  }

  /** Before the simulation, which takes its time. */
  private static void preparePlot(Path page) throws CommandFailure {
    Path folder = page.toAbsolutePath().getParent();
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new CommandFailure(PLOT + "cannot make the directory " + folder + ".");
    }
    if (Files.isDirectory(page)) {
      throw new CommandFailure(PLOT + page + " is a directory, want a file.");
    }
  }

  private CallSimulation.Receivers kind() {
    for (CallSimulation.Receivers kind : CallSimulation.Receivers.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(receivers)) {
        return kind;
      }
    }
    throw new ParameterException(
        spec.commandLine(), "receivers: want walk or js, got " + receivers);
  }

  private void print(List<PolicyResult> results) {
    if (json) {
      results.forEach(result -> System.out.println(SimulationJson.losses(result)));
      results.forEach(result -> System.out.println(SimulationJson.policy(result)));
    } else {
      System.out.print(SimulationTable.of(results));
    }
  }
}
