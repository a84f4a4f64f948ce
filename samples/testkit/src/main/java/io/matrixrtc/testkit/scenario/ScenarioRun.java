package io.matrixrtc.testkit.scenario;

import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.DevicePlayer;
import io.matrixrtc.testkit.script.Moment;
import io.matrixrtc.testkit.script.ScriptSettings;
import io.matrixrtc.testkit.script.UnmetExpectation;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plays a scenario. */
public final class ScenarioRun {
  private final Scenario scenario;
  private final Map<String, DevicePlayer> players;

  /** Of a scenario in which the library plays all devices. */
  public ScenarioRun(Scenario scenario) {
    this(scenario, Map.of());
  }

  /**
   * Of any scenario.
   *
   * @param players by the names that scenarios have for them; who makes them closes them
   */
  public ScenarioRun(Scenario scenario, Map<String, DevicePlayer> players) {
    this.scenario = scenario;
    this.players = Map.copyOf(players);
  }

  /** Told of each step. */
  public interface Listener {
    /** Before a step. */
    default void onStep(Step step) {}

    /** After a step; {@code failure} says what was expected and seen, if it was not met. */
    default void onDone(Step step, Optional<String> failure) {}
  }

  /**
   * The settings that the scenario asks for, on another one's homeserver.
   *
   * @throws ScriptException if somebody is to play a device who was not given
   */
  public ScriptSettings settings(ScriptSettings on) {
    ScriptSettings in = scenario.virtualTime() ? on.inVirtualTime() : on;
    return in.with(
            scenario.players().values().stream()
                .distinct()
                .map(this::player)
                .toArray(DevicePlayer[]::new))
        .titled(scenario.title())
        .withPolicy(scenario.policy())
        .withTrust(scenario.trust())
        .atSpeed(scenario.speed())
        .withSeed(scenario.seed());
  }

  /**
   * Plays in a call that was opened with {@link #settings}, which stays open, for its trace. Stops
   * at the first step that fails.
   *
   * @return what failed, with the line of the step; empty if all is well
   */
  public Optional<String> play(CallScript call, Listener listener) {
    scenario.devices().forEach(call::device);
    if (!scenario.old().isEmpty()) {
      scenario.devices().forEach(name -> call.device(name).withKeys(keysOf(name)));
    }
    scenario.players().forEach((name, by) -> call.device(name).playedBy(player(by)));
    scenario.unsigned().forEach(name -> call.device(name).unsigned());
    Map<String, Moment> moments = new HashMap<>();
    List<Faults.Running> running = new ArrayList<>();
    Optional<String> failure = Optional.empty();
    for (Step step : scenario.steps()) {
      listener.onStep(step);
      failure = play(new Stage(call, step, moments, running), step, moments);
      listener.onDone(step, failure);
      if (failure.isPresent()) {
        break;
      }
    }
    call.world().record(new TraceEvent.CallEnded(failure.isEmpty(), failure.orElse("")));
    return failure;
  }

  private DevicePlayer player(String name) {
    DevicePlayer player = players.get(name);
    if (player == null) {
      throw new ScriptException("the scenario needs the player " + name + ", who is not here");
    }
    return player;
  }

  private KeyWiring keysOf(String device) {
    return scenario.old().contains(device) ? KeyWiring.roomEvents() : KeyWiring.adaptive();
  }

  private static Optional<String> play(Stage stage, Step step, Map<String, Moment> moments) {
    try {
      Moment moment = step.verb().action().act(stage);
      step.as().ifPresent(name -> moments.put(name, new Moment(name, moment.at(), moment.mark())));
      return Optional.empty();
    } catch (UnmetExpectation | ScriptException | IllegalStateException e) {
      return Optional.of("line " + step.line() + ", " + step + ": " + e.getMessage());
    }
  }
}
