package io.matrixrtc.testkit.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A script that was read from a file and found to make sense.
 *
 * @param devices names as for {@code CallScript.device}
 * @param unsigned those of them that their user has not signed
 * @param old those of them that have keys as room events only; if there is one, all others adapt
 * @param virtualTime whether it is played in virtual time, where the speed counts for nothing
 * @param players which other implementation plays a device, {@code js-sdk} or {@code browser}; the
 *     library plays all others
 */
public record Scenario(
    String title,
    String policy,
    String trust,
    double speed,
    long seed,
    List<String> devices,
    Set<String> unsigned,
    Set<String> old,
    List<Step> steps,
    boolean virtualTime,
    Map<String, String> players) {
  /** Most devices and most steps. */
  public static final int MAX_DEVICES = 32;

  public static final int MAX_STEPS = 1000;

  public Scenario {
    devices = List.copyOf(devices);
    unsigned = Set.copyOf(unsigned);
    old = Set.copyOf(old);
    steps = List.copyOf(steps);
    players = Map.copyOf(players);
  }

  /** With devices of the library only. */
  public Scenario(
      String title,
      String policy,
      String trust,
      double speed,
      long seed,
      List<String> devices,
      Set<String> unsigned,
      Set<String> old,
      List<Step> steps,
      boolean virtualTime) {
    this(title, policy, trust, speed, seed, devices, unsigned, old, steps, virtualTime, Map.of());
  }

  /** In real time. */
  public Scenario(
      String title,
      String policy,
      String trust,
      double speed,
      long seed,
      List<String> devices,
      Set<String> unsigned,
      Set<String> old,
      List<Step> steps) {
    this(title, policy, trust, speed, seed, devices, unsigned, old, steps, false);
  }

  /** With no old device. */
  public Scenario(
      String title,
      String policy,
      String trust,
      double speed,
      long seed,
      List<String> devices,
      Set<String> unsigned,
      List<Step> steps) {
    this(title, policy, trust, speed, seed, devices, unsigned, Set.of(), steps);
  }

  /** Reads a file. */
  public static Scenario read(Path file) throws IOException, ScenarioException {
    return parse(Files.readString(file));
  }

  /**
   * Reads YAML.
   *
   * @throws ScenarioException with every problem that there is and its line
   */
  public static Scenario parse(String yaml) throws ScenarioException {
    return new ScenarioReader().read(YamlFile.read(yaml));
  }
}
