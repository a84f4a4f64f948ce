package io.matrixrtc.testkit.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** A file that is no scenario. The message has one line for each problem, with its line number. */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // a list that is
  private final List<Problem> problems;

  /**
   * One thing that is wrong.
   *
   * @param line in the file, from 1
   */
  public record Problem(int line, String text) implements java.io.Serializable {
    @Override
    public String toString() {
      return "line " + line + ": " + text;
    }
  }

  ScenarioException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  static ScenarioException at(int line, String text) {
    return new ScenarioException(List.of(new Problem(line, text)));
  }

  /** All that is wrong, in the order of the file. */
  public List<Problem> problems() {
    return problems;
  }
}
