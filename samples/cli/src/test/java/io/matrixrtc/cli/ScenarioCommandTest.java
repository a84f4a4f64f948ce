package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenario files and pages of traces, as a user has them made. */
class ScenarioCommandTest {
  private static final String EXAMPLE = "../../docs/scenarios/first-call.yaml";

  private static final String TROUBLE = "../../docs/scenarios/trouble.yaml";

  @TempDir private Path directory;

  @Test
  void aScenarioIsPlayedStepByStepAndItsTraceShown_CLI_SCENARIO() throws Exception {
    Path trace = directory.resolve("call.jsonl");
    Run run = Run.of("demo", "--scenario", EXAMPLE, "--trace", trace.toString(), "--out", out());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("A first call\n  ok  line   5  start alice and bob")
        .endsWith("All 4 steps are done.\n");
    Run shown = Run.of("trace", "show", trace.toString());
    assertThat(shown.exitCode()).as(shown.err()).isZero();
    Path page = directory.resolve("call.html");
    assertThat(shown.out()).endsWith(" events: " + page.toAbsolutePath() + "\n");
    assertThat(Files.readString(page))
        .contains("<title>A first call</title>", "\"lanes\"", "alice");
    Run json = Run.of("trace", "show", trace.toString(), "--json");
    assertThat(json.out()).startsWith("{\"type\":\"page\",\"events\":");
  }

  @Test
  void faultsComeOnAHomeserverOfWhichOnlyTheUrlIsKnown_CLI_SCENARIO() {
    try (EmbeddedServer elsewhere = EmbeddedServer.start(0)) {
      String url = elsewhere.baseUrl().toString();
      Run run = Run.of("demo", "--scenario", TROUBLE, "--homeserver", url, "--out", out());
      assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
      assertThat(run.out()).contains("faults-happened");
    }
  }

  @Test
  void aFailureLeavesItsTraceAndSaysWhere_CLI_KEPT() throws Exception {
    Path file = directory.resolve("silence.yaml");
    Files.writeString(file, failing());
    Run run = Run.of("demo", "--scenario", file.toString(), "--out", out());
    assertThat(run.exitCode()).isEqualTo(1);
    Path page = Path.of(out(), "silence.html").toAbsolutePath();
    assertThat(run.out()).contains("\nReport: " + page + "\nFAILED at line 7, not-hear");
    assertThat(Files.readString(page)).contains("<title>It cannot be</title>", "line 7, not-hear");
    assertThat(Files.readString(Path.of(out(), "silence.jsonl"))).contains("\"call_ended\"");

    Path asked = directory.resolve("asked/for.html");
    Run named =
        Run.of(
            "demo", "--scenario", file.toString(), "--report", asked.toString(), "--out", out2());
    assertThat(named.out()).contains("Report: " + asked.toAbsolutePath() + "\n");
    assertThat(asked).exists();
    assertThat(Path.of(out2())).isEmptyDirectory();

    Run.of("demo", "--scenario", EXAMPLE, "--out", out2());
    assertThat(Path.of(out2())).as("what is well leaves nothing").isEmptyDirectory();
  }

  @Test
  void aPlayerThatCannotPlayHereIsASentence_SCENARIO_PLAYERS() throws Exception {
    Path file = directory.resolve("other.yaml");
    Files.writeString(
        file, "devices: [alice, bob]\nplayers: {bob: js-sdk}\nsteps:\n  - start: [alice, bob]\n");
    System.setProperty("matrixrtc.peers.cache", directory.resolve("cache").toString());
    System.setProperty("matrixrtc.peers.node", directory.resolve("no-node").toString());
    try {
      Run run = Run.of("demo", "--scenario", file.toString(), "--out", out());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).contains("FAILED at line 4, start", "Node");
      assertThat(run.out() + run.err()).doesNotContain("\tat ");
    } finally {
      System.clearProperty("matrixrtc.peers.cache");
      System.clearProperty("matrixrtc.peers.node");
    }
  }

  private static String failing() {
    return """
        title: It cannot be
        time: virtual
        devices: [alice, bob]
        steps:
          - start: alice
          - too-many-requests: {path: /sync, times: 1, retry-after: 10ms}
          - not-hear: {listener: alice, sender: bob}
        """;
  }

  @Test
  void inJsonEachStepIsALineAndTheSummaryTheLast_CLI_SCENARIO() throws Exception {
    Path file = directory.resolve("failing.yaml");
    Files.writeString(file, failing());
    Run run = Run.of("demo", "--scenario", file.toString(), "--json", "--out", out());
    assertThat(run.exitCode()).isEqualTo(1);
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(4);
    JsonNode step = new JsonMapper().readTree(lines.get(2));
    assertThat(step.path("type").asText()).isEqualTo("step");
    assertThat(step.path("line").asInt()).isEqualTo(7);
    assertThat(step.path("ok").asBoolean(true)).isFalse();
    JsonNode summary = new JsonMapper().readTree(lines.get(3));
    assertThat(summary.path("type").asText()).isEqualTo("summary");
    assertThat(summary.path("ok").asBoolean(true)).isFalse();
    assertThat(summary.path("error").asText()).startsWith("line 7, not-hear");
    assertThat(summary.path("report").asText()).endsWith("failing.html");
  }

  @Test
  void whatIsWrongIsToldByFileAndLine_CLI_SCENARIO() throws Exception {
    Path file = directory.resolve("bad.yaml");
    Files.writeString(file, "devices: [alice]\nsteps:\n  - jion: alice\n  - join: bob\n");
    Run.of("demo", "--scenario", file.toString())
        .misusedWith(
            file + ":3: there is no step 'jion'; did you mean 'join'?",
            file + ":4: join: there is no device 'bob' here");
    Run.of("demo", "--scenario", directory.resolve("none.yaml").toString())
        .failedWith("cannot read", "none.yaml");
  }

  @Test
  void whatIsNoTraceIsRefusedInASentence_CLI_SENTENCE() throws Exception {
    Path file = directory.resolve("trace.jsonl");
    Run.of("trace", "show", file.toString()).failedWith("cannot read " + file);
    Files.writeString(file, "{\"at\":1}\n");
    Run.of("trace", "show", file.toString()).failedWith(file + " is not a trace");
    Files.writeString(file, "\n");
    Run.of("trace", "show", file.toString()).failedWith("holds no events");
  }

  private String out2() {
    return directory.resolve("out2").toString();
  }

  private String out() {
    return directory.resolve("out").toString();
  }
}
