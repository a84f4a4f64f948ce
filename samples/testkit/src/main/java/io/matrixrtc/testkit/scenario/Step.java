package io.matrixrtc.testkit.scenario;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One step of a scenario.
 *
 * @param line in the file
 * @param verb what to do
 * @param values of its fields, of the type that the field asks for, in the order of the fields
 * @param as the name of its moment, for later steps
 */
public record Step(int line, Verb verb, Map<String, Object> values, Optional<String> as) {
  public Step {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** For people: {@code not-hear listener carol, sender alice, since rotated}. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(field -> (values.size() > 1 ? field.getKey() + " " : "") + text(field.getValue()))
        .collect(Collectors.joining(", ", verb.word() + (values.isEmpty() ? "" : " "), ""));
  }

  private static String text(Object value) {
    return value instanceof Collection<?> several
        ? several.stream().map(String::valueOf).collect(Collectors.joining(" and "))
        : String.valueOf(value);
  }
}
