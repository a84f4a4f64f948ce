package io.matrixrtc.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.agent.ParticipantAgent;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.DevicePlayer;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioTest {
  private static final Path EXAMPLES = Path.of("../../docs/scenarios");

  private static final String GOOD =
      """
      title: A test
      devices: [alice, bob, bob/phone]
      unsigned:
        - bob/phone
      old: [bob]
      trust: cross-signed
      policy: demand
      speed: 5
      seed: 9
      steps:
        - start: [alice, bob]
        - leave: bob
          as: leave
        - rotated: {device: everyone, since: leave}
        - delay-requests: {path: /sync, by: 1.5s, of: alice}
        - heal:
      """;

  static Stream<Path> examples() throws IOException {
    return files(EXAMPLES);
  }

  static Stream<Path> examplesWithPeers() throws IOException {
    return files(EXAMPLES.resolve("peers"));
  }

  private static Stream<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleRuns_SCENARIO_EXAMPLES(Path file) throws Exception {
    ScenarioRun run = new ScenarioRun(Scenario.read(file));
    try (CallScript call = CallScript.open(run.settings(ScriptSettings.embedded()))) {
      List<Step> done = new ArrayList<>();
      Optional<String> failure =
          run.play(
              call,
              new ScenarioRun.Listener() {
                @Override
                public void onDone(Step step, Optional<String> failed) {
                  done.add(step);
                }
              });
      assertThat(failure).isEmpty();
      assertThat(done).isEqualTo(Scenario.read(file).steps());
    }
  }

  /** They are played where their peers are, by samples/interop/run. */
  @ParameterizedTest
  @MethodSource("examplesWithPeers")
  void everyExampleWithPeersIsRead_SCENARIO_EXAMPLES(Path file) throws Exception {
    Scenario scenario = Scenario.read(file);
    assertThat(scenario.players()).isNotEmpty();
    assertThat(scenario.devices()).containsAll(scenario.players().keySet());
    assertThat(stages())
        .as("the stage that plays it")
        .filteredOn(stage -> plays(stage, file))
        .hasSize(1);
  }

  private static boolean plays(String stage, Path file) {
    return stage.contains("run_scenario docs/scenarios/peers/" + file.getFileName());
  }

  private static List<String> stages() throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("../interop/stages"))) {
      for (Path file : files.toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }

  @Test
  void aScenarioIsRead_SCENARIO_READ() throws Exception {
    Scenario scenario = Scenario.parse(GOOD);
    assertThat(scenario.title()).isEqualTo("A test");
    assertThat(scenario.devices()).containsExactly("alice", "bob", "bob/phone");
    assertThat(scenario.unsigned()).containsExactly("bob/phone");
    assertThat(scenario.old()).containsExactly("bob");
    assertThat(scenario.policy()).isEqualTo("demand");
    assertThat(scenario.seed()).isEqualTo(9);
    assertThat(scenario.steps()).extracting(Step::line).containsExactly(11, 12, 14, 15, 16);
    assertThat(scenario.steps().get(1).as()).contains("leave");
    assertThat(scenario.steps().get(3).values())
        .containsEntry("by", Duration.ofMillis(1500))
        .containsEntry("of", "alice");
  }

  @Test
  void everyProblemIsToldWithItsLine_SCENARIO_LINES() {
    String bad =
        """
        titel: A test
        devices: [alice, Bob, alice]
        trust: none
        speed: fast
        steps:
          - start: [alice, bbo]
          - leeve: alice
          - leave: alice
            as: leave
          - rotated: {device: alice, since: leaf}
          - rotated: alice
          - delay-requests: {path: "[", by: 3}
          - too-many-requests: {path: /sync, times: 0, retry-after: 1s}
          - join
          - link: {device: alice, drop: 2, speed: 1}
          - server-errors: {path: /sync, times: 1, status: 399}
          - leave: alice
            as: leave
          - mute: alice
            unmute: alice
          - served-before-use: [alice, bbo]
          - refused: {sender: everyone, too: alice}
          - has-key: alice
          - reorder-requests: {path: /sync, times: 1, others: 0, at-most: 3}
        old: [alice, bbo]
        unsigned: alice
        """;
    assertThatThrownBy(() -> Scenario.parse(bad))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            """
            line 1: 'titel' is nothing here; did you mean 'title'?
            line 2: devices: want names such as alice or bob/phone, in lower case
            line 2: the device 'alice' is there twice
            line 3: trust: want all or cross-signed, got 'none'
            line 4: speed: want a number 0.1 to 100.0, got fast
            line 6: start: there is no device 'bbo' here; there are: alice
            line 7: there is no step 'leeve'; did you mean 'leave'?
            line 10: rotated, since: there is no moment 'leaf' here; did you mean 'leave'?
            line 11: rotated: 'since' is missing, the name of an earlier step's moment
            line 12: delay-requests, path: want a regular expression for a path, such as \
            /sendToDevice/: Unclosed character class
            line 12: delay-requests, by: want a time such as 250ms or 1.5s, got '3'
            line 13: too-many-requests, times: want a number from 1 to 1000, got '0'
            line 14: a step is a word, a colon and what it needs, such as 'join: carol'
            line 15: link: 'speed' is nothing here; there are: delay, device, drop, reorder
            line 15: link, drop: want a share from 0 to 1, got '2'
            line 16: server-errors, status: want a status from 400 to 599, got '399'
            line 18: the moment 'leave' is there already
            line 19: a step does one thing, and may have a name ('as')
            line 21: served-before-use: there is no device 'bbo' here; there are: alice
            line 22: refused: 'too' is nothing here; did you mean 'to'?
            line 22: refused: 'to' is missing, a device
            line 23: has-key: 'of' is missing, a device
            line 24: reorder-requests, others: want a number from 1 to 1000, got '0'
            line 24: reorder-requests, at-most: want a time such as 250ms or 1.5s, got '3'
            line 25: old: there is no device 'bbo' here; there are: alice
            line 26: unsigned: want a list""");
  }

  @Test
  void anotherImplementationPlaysADevice_SCENARIO_PLAYERS() throws Exception {
    Scenario scenario =
        Scenario.parse(
            """
            devices: [alice, bob, carol]
            players: {bob: js-sdk}
            steps:
              - start: [alice, bob]
              - hear: everyone
            """);
    assertThat(scenario.players()).containsExactly(Map.entry("bob", "js-sdk"));
    assertThatThrownBy(() -> new ScenarioRun(scenario).settings(ScriptSettings.embedded()))
        .isInstanceOf(ScriptException.class)
        .hasMessage("the scenario needs the player js-sdk, who is not here");
    List<String> played = new CopyOnWriteArrayList<>();
    DevicePlayer player =
        (spec, trace) -> {
          played.add(spec.name());
          return new ParticipantAgent(spec, trace);
        };
    ScenarioRun run = new ScenarioRun(scenario, Map.of("js-sdk", player));
    try (CallScript call = CallScript.open(run.settings(ScriptSettings.embedded()))) {
      assertThat(run.play(call, new ScenarioRun.Listener() {})).isEmpty();
    }
    assertThat(played).containsExactly("bob");
  }

  @Test
  void whoCannotPlayIsToldWithItsLine_SCENARIO_PLAYERS() {
    assertThatThrownBy(
            () ->
                Scenario.parse(
                    """
                    devices: [alice, bob]
                    time: virtual
                    players:
                      alice: js-sdkk
                      bbo: browser
                    steps:
                      - start: alice
                    """))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            """
            line 4: players: other implementations cannot be played in virtual time
            line 4: players: nobody is called 'js-sdkk'; did you mean 'js-sdk'?
            line 5: players: there is no device 'bbo' here; did you mean 'bob'?""");
    refused(
        "devices: [alice]\nplayers: [alice]\nsteps: [start: alice]",
        "line 2: players: want devices and who plays them, such as {bob: js-sdk}");
  }

  @Test
  void whatIsNoYamlOrTooMuchIsRefused_SCENARIO_BOUND() throws Exception {
    refused("", "line 1: the file is empty");
    refused("- a\n- b\n", "line 1: a scenario begins with title, devices, steps");
    refused("title: a\n\tb: c\n", "line 2: this is no YAML");
    refused("title: a\ntitle: b\n", "line 2: 'title' is there twice");
    refused("devices: &a [alice]\nunsigned: *a\nsteps: []\n", "anchors and aliases");
    refused(
        "title: !!java.io.File [x]\ndevices: [a]\nsteps: []",
        "line 1: this is no YAML: Global tag is not allowed");
    refused("title: " + "[".repeat(YamlFile.MAX_DEPTH + 2), "line 1");
    String comment = GOOD + "#" + "x".repeat(YamlFile.MAX_CHARS - GOOD.length() - 1);
    assertThat(Scenario.parse(comment).seed()).isEqualTo(9);
    refused(comment + "x", "line 1: the file is longer than 262144 characters");
    String steps = "  - hear: everyone\n".repeat(Scenario.MAX_STEPS - 5);
    assertThat(Scenario.parse(GOOD + steps).steps()).hasSize(Scenario.MAX_STEPS);
    refused(GOOD + steps + "  - hear: everyone\n", "want at most 1000 steps");
  }

  @Test
  void damagedFilesAreReadOrRefusedAndNothingElse_SCENARIO_DAMAGE() {
    AtomicInteger refused = new AtomicInteger();
    Cases.run(
        "scenario files",
        300,
        3_000,
        (seed, random) -> {
          StringBuilder text = new StringBuilder(GOOD);
          for (int i = random.nextInt(4); i >= 0; i--) {
            text.setCharAt(random.nextInt(text.length()), (char) (9 + random.nextInt(118)));
          }
          try {
            Scenario.parse(text.substring(0, 1 + random.nextInt(text.length())));
          } catch (ScenarioException e) {
            assertThat(e.problems()).isNotEmpty().allMatch(problem -> problem.line() > 0);
            refused.incrementAndGet();
          }
        });
    assertThat(refused).hasPositiveValue();
  }

  @Test
  void aFailingStepIsToldWithItsLine_SCENARIO_LINES() throws Exception {
    Scenario scenario =
        Scenario.parse(
            """
            devices: [alice, bob]
            steps:
              - start: alice
              - not-hear: {listener: alice, sender: bob}
            """);
    ScenarioRun run = new ScenarioRun(scenario);
    try (CallScript call = CallScript.open(run.settings(ScriptSettings.embedded()))) {
      assertThat(run.play(call, new ScenarioRun.Listener() {}))
          .hasValueSatisfying(
              failure ->
                  assertThat(failure)
                      .startsWith("line 4, not-hear")
                      .contains("bob has not signed"));
    }
  }

  @Test
  void theSchemaKnowsEveryStepAndField_SCENARIO_SCHEMA() throws Exception {
    JsonNode schema = new ObjectMapper().readTree(EXAMPLES.resolve("schema.json").toFile());
    assertThat(properties(schema)).isEqualTo(ScenarioReader.TOP);
    assertThat(required(schema)).isEqualTo(ScenarioReader.REQUIRED);
    Set<String> players = new TreeSet<>();
    schema
        .at("/properties/players/additionalProperties/enum")
        .forEach(name -> players.add(name.asText()));
    assertThat(players).isEqualTo(ScenarioReader.PLAYERS);
    Set<String> words = new TreeSet<>(Verb.words());
    words.add("as");
    JsonNode step = schema.at("/$defs/step");
    assertThat(properties(step)).isEqualTo(words);
    for (Verb verb : Verb.values()) {
      JsonNode fields = step.path("properties").path(verb.word());
      if (verb.fields().get(0).type() != FieldType.NOTHING) {
        JsonNode object = fields.has("anyOf") ? fields.path("anyOf").get(1) : fields;
        assertThat(properties(object)).as(verb.word()).isEqualTo(names(verb, field -> true));
        Set<String> required = names(verb, Verb.Field::required);
        assertThat(required(object)).as(verb.word()).isEqualTo(required);
        assertThat(fields.has("anyOf")).as(verb.word()).isEqualTo(required.size() == 1);
      }
    }
  }

  private static Set<String> properties(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Set<String> required(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.path("required").forEach(name -> names.add(name.asText()));
    return names;
  }

  private static Set<String> names(Verb verb, Predicate<Verb.Field> which) {
    return verb.fields().stream().filter(which).map(Verb.Field::name).collect(Collectors.toSet());
  }

  private static void refused(String yaml, String why) {
    assertThatThrownBy(() -> Scenario.parse(yaml))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining(why);
  }
}
