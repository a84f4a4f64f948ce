package io.matrixrtc.testkit.scenario;

import java.util.Map;
import java.util.Optional;

/**
 * One step of a scenario.
 *
 * @param line in the file
 * @param verb what to do
 * @param values of its fields, of the type that the field asks for
 * @param as the name of its moment, for later steps
 */
public record Step(int line, Verb verb, Map<String, Object> values, Optional<String> as) {
  public Step {
    values = Map.copyOf(values);
  }

  @Override
  public String toString() {
    return verb.word() + (values.isEmpty() ? "" : " " + values.values());
  }
}
