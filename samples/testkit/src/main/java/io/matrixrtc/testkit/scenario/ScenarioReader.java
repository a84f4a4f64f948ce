package io.matrixrtc.testkit.scenario;

import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.testkit.scenario.ScenarioException.Problem;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a scenario of a YAML tree and collects all that is wrong with it. For one use. */
final class ScenarioReader {
  /** What may stand at the top. */
  static final Set<String> TOP =
      Set.of(
          "title",
          "policy",
          "trust",
          "time",
          "speed",
          "seed",
          "devices",
          "unsigned",
          "old",
          "players",
          "steps");

  /** Who can play a device in place of the library. */
  static final Set<String> PLAYERS = Set.of("js-sdk", "browser");

  /** What must. */
  static final Set<String> REQUIRED = Set.of("devices", "steps");

  private static final String AS = "as";

  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> devices = new LinkedHashSet<>();
  private final Set<String> moments = new LinkedHashSet<>();

  Scenario read(YamlValue root) throws ScenarioException {
    if (!(root instanceof YamlValue.Mapping top)) {
      throw ScenarioException.at(root.line(), "a scenario begins with title, devices, steps");
    }
    for (YamlValue.Entry entry : top.entries()) {
      if (!TOP.contains(entry.key())) {
        problem(
            entry.line(),
            "'" + entry.key() + "' is nothing here; " + Words.choices(entry.key(), TOP));
      }
    }
    readDevices(top);
    Set<String> unsigned = someDevices(top, "unsigned");
    Set<String> old = someDevices(top, "old");
    Scenario scenario =
        new Scenario(
            text(top, "title", "a scenario"),
            policy(top),
            trust(top),
            number(top, "speed", ScriptSettings.DEFAULT_SPEED, 0.1, 100),
            Math.round(number(top, "seed", 1, 0, 1e9)),
            List.copyOf(devices),
            unsigned,
            old,
            steps(top),
            virtualTime(top),
            players(top));
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingInt(Problem::line));
      throw new ScenarioException(problems);
    }
    return scenario;
  }

  private void problem(int line, String text) {
    problems.add(new Problem(line, text));
  }

  private String text(YamlValue.Mapping top, String key, String otherwise) {
    YamlValue value = top.get(key).orElse(null);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof YamlValue.Scalar scalar && !scalar.text().isBlank()) {
      return scalar.text();
    }
    problem(value.line(), key + ": want a text");
    return otherwise;
  }

  private String policy(YamlValue.Mapping top) {
    String name = text(top, "policy", "strict");
    try {
      RotationPolicies.named(name, Map.of());
      return name;
    } catch (IllegalArgumentException e) {
      problem(lineOf(top, "policy"), String.valueOf(e.getMessage()));
      return "strict";
    }
  }

  private String trust(YamlValue.Mapping top) {
    String name = text(top, "trust", "all");
    if (!name.equals("all") && !name.equals("cross-signed")) {
      problem(lineOf(top, "trust"), "trust: want all or cross-signed, got '" + name + "'");
    }
    return name;
  }

  private boolean virtualTime(YamlValue.Mapping top) {
    String name = text(top, "time", "real");
    if (!name.equals("real") && !name.equals("virtual")) {
      problem(lineOf(top, "time"), "time: want real or virtual, got '" + name + "'");
    }
    return name.equals("virtual");
  }

  private double number(
      YamlValue.Mapping top, String key, double otherwise, double least, double most) {
    String text = text(top, key, Double.toString(otherwise));
    try {
      double number = Double.parseDouble(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, like a number out of range
    }
    problem(lineOf(top, key), key + ": want a number " + least + " to " + most + ", got " + text);
    return otherwise;
  }

  private static int lineOf(YamlValue.Mapping top, String key) {
    return top.get(key).map(YamlValue::line).orElse(top.line());
  }

  private void readDevices(YamlValue.Mapping top) {
    for (YamlValue item : items(top, "devices")) {
      if (item instanceof YamlValue.Scalar scalar
          && scalar.text().matches("[a-z0-9]+(/[a-z0-9]+)?")
          && !scalar.text().equals(FieldType.EVERYONE)) {
        if (!devices.add(scalar.text())) {
          problem(item.line(), "the device '" + scalar.text() + "' is there twice");
        }
      } else {
        problem(item.line(), "devices: want names such as alice or bob/phone, in lower case");
      }
    }
    if (devices.size() > Scenario.MAX_DEVICES) {
      problem(lineOf(top, "devices"), "want at most " + Scenario.MAX_DEVICES + " devices");
    }
  }

  private Set<String> someDevices(YamlValue.Mapping top, String key) {
    Set<String> some = new LinkedHashSet<>();
    for (YamlValue item : items(top, key)) {
      read(FieldType.DEVICE, item, key).ifPresent(name -> some.add((String) name));
    }
    return some;
  }

  /** VIRTUAL-NEEDS: what is in another process has its own time. */
  private Map<String, String> players(YamlValue.Mapping top) {
    YamlValue value = top.get("players").orElse(null);
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof YamlValue.Mapping mapping)) {
      problem(value.line(), "players: want devices and who plays them, such as {bob: js-sdk}");
      return Map.of();
    }
    if (text(top, "time", "real").equals("virtual")) {
      problem(value.line(), "players: other implementations cannot be played in virtual time");
    }
    Map<String, String> players = new LinkedHashMap<>();
    for (YamlValue.Entry entry : mapping.entries()) {
      YamlValue device = new YamlValue.Scalar(entry.line(), entry.key());
      String player = entry.value() instanceof YamlValue.Scalar scalar ? scalar.text() : "";
      if (!PLAYERS.contains(player)) {
        String choices = Words.choices(player, PLAYERS);
        problem(entry.line(), "players: nobody is called '" + player + "'; " + choices);
      }
      read(FieldType.DEVICE, device, "players")
          .ifPresent(name -> players.put((String) name, player));
    }
    return players;
  }

  private List<YamlValue> items(YamlValue.Mapping top, String key) {
    YamlValue value = top.get(key).orElse(null);
    if (value == null) {
      if (REQUIRED.contains(key)) {
        problem(top.line(), "'" + key + "' is missing");
      }
      return List.of();
    }
    if (value instanceof YamlValue.Sequence sequence && !sequence.items().isEmpty()) {
      return sequence.items();
    }
    problem(value.line(), key + ": want a list");
    return List.of();
  }

  private List<Step> steps(YamlValue.Mapping top) {
    List<Step> steps = new ArrayList<>();
    List<YamlValue> items = items(top, "steps");
    if (items.size() > Scenario.MAX_STEPS) {
      problem(lineOf(top, "steps"), "want at most " + Scenario.MAX_STEPS + " steps");
    }
    for (YamlValue item : items) {
      Step step = step(item);
      if (step != null) {
        step.as().ifPresent(moments::add);
        steps.add(step);
      }
    }
    return steps;
  }

  private @Nullable Step step(YamlValue item) {
    if (!(item instanceof YamlValue.Mapping mapping)) {
      problem(item.line(), "a step is a word, a colon and what it needs, such as 'join: carol'");
      return null;
    }
    Optional<String> as = Optional.empty();
    List<YamlValue.Entry> words = new ArrayList<>(mapping.entries());
    for (YamlValue.Entry entry : mapping.entries()) {
      if (entry.key().equals(AS)) {
        words.remove(entry);
        as = name(entry);
      }
    }
    if (words.size() != 1) {
      problem(item.line(), "a step does one thing, and may have a name ('as')");
      return null;
    }
    YamlValue.Entry word = words.get(0);
    Optional<Verb> verb = Verb.of(word.key());
    if (verb.isEmpty()) {
      problem(
          word.line(),
          "there is no step '" + word.key() + "'; " + Words.choices(word.key(), Verb.words()));
      return null;
    }
    return new Step(word.line(), verb.get(), values(verb.get(), word), as);
  }

  private Optional<String> name(YamlValue.Entry entry) {
    if (entry.value() instanceof YamlValue.Scalar scalar
        && scalar.text().matches("[a-z][a-z0-9-]*")) {
      if (moments.contains(scalar.text())) {
        problem(entry.line(), "the moment '" + scalar.text() + "' is there already");
      }
      return Optional.of(scalar.text());
    }
    problem(entry.line(), "as: want a name such as leave or second-join");
    return Optional.empty();
  }

  private Map<String, Object> values(Verb verb, YamlValue.Entry word) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (!(word.value() instanceof YamlValue.Mapping given)) {
      Verb.Field first = verb.fields().get(0);
      read(first.type(), word.value(), verb.word()).ifPresent(v -> values.put(first.name(), v));
      verb.fields().stream()
          .skip(1)
          .filter(Verb.Field::required)
          .forEach(field -> missing(word, verb, field));
      return values;
    }
    List<String> names = verb.fields().stream().map(Verb.Field::name).toList();
    for (YamlValue.Entry entry : given.entries()) {
      if (!names.contains(entry.key())) {
        problem(
            entry.line(),
            verb.word()
                + ": '"
                + entry.key()
                + "' is nothing here; "
                + Words.choices(entry.key(), names));
      }
    }
    for (Verb.Field field : verb.fields()) {
      Optional<YamlValue> value = given.get(field.name());
      if (value.isPresent()) {
        read(field.type(), value.get(), verb.word() + ", " + field.name())
            .ifPresent(v -> values.put(field.name(), v));
      } else if (field.required()) {
        missing(word, verb, field);
      }
    }
    return values;
  }

  private void missing(YamlValue.Entry word, Verb verb, Verb.Field field) {
    problem(
        word.line(), verb.word() + ": '" + field.name() + "' is missing, " + field.type().wanted());
  }

  private Optional<Object> read(FieldType type, YamlValue value, String where) {
    try {
      return Optional.of(type.read(value, new FieldType.Names(devices, moments)));
    } catch (IllegalArgumentException e) {
      problem(value.line(), where + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
