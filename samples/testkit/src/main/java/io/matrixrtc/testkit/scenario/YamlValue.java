package io.matrixrtc.testkit.scenario;

import java.util.List;
import java.util.Optional;

/** A value in a YAML file, with the line where it begins, counted from 1. */
sealed interface YamlValue {
  int line();

  /** A text, number, date: as it is written. */
  record Scalar(int line, String text) implements YamlValue {}

  record Sequence(int line, List<YamlValue> items) implements YamlValue {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  record Mapping(int line, List<Entry> entries) implements YamlValue {
    public Mapping {
      entries = List.copyOf(entries);
    }

    Optional<YamlValue> get(String key) {
      return entries.stream()
          .filter(entry -> entry.key().equals(key))
          .map(Entry::value)
          .findFirst();
    }
  }

  /** A key and its value; {@code line} is the key's. */
  record Entry(int line, String key, YamlValue value) {}
}
