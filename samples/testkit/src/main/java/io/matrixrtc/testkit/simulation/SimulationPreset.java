package io.matrixrtc.testkit.simulation;

import java.util.List;

/**
 * What happens in a simulated call. Times in seconds from the start of counting.
 *
 * @param name the name it is chosen by
 * @param settled members at the start, all of whose keys are served
 * @param joins members who join, at uniform times in {@code seconds}
 * @param leaves members who leave, silent ones, at uniform times
 * @param speakers how many settled members speak; every 30 s one of them is replaced by a random
 *     member, if there are others
 * @param seconds how long people come and go
 * @param joinersSpeak whether joiners speak from their join on; else they are silent
 */
public record SimulationPreset(
    String name,
    int settled,
    int joins,
    int leaves,
    int speakers,
    int seconds,
    boolean joinersSpeak) {
  private static final int TEN_MINUTES = 600;

  /** The presets of the {@code simulate} command. */
  public static final List<SimulationPreset> ALL =
      List.of(
          scaled(10),
          scaled(50),
          scaled(200),
          scaled(1_000),
          new SimulationPreset("start", 0, 50, 0, 0, 10, true),
          new SimulationPreset("lecture", 1, 500, 0, 1, TEN_MINUTES, false));

  /** 200 members, 60 joins, 60 leaves and 5 speakers in ten minutes, or in proportion. */
  public static SimulationPreset scaled(int members) {
    int changes = Math.max(1, members * 60 / 200);
    int speakers = Math.max(2, members * 5 / 200);
    return new SimulationPreset(
        Integer.toString(members), members, changes, changes, speakers, TEN_MINUTES, false);
  }

  /**
   * Finds a preset by its name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static SimulationPreset named(String name) {
    return ALL.stream()
        .filter(preset -> preset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "preset: want one of "
                        + String.join(", ", ALL.stream().map(SimulationPreset::name).toList())
                        + ", got "
                        + name));
  }
}
