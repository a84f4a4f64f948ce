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
        .endsWith("All 5 steps are done.\n");
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
  void inJsonEachStepIsALineAndTheSummaryTheLast_CLI_SCENARIO() throws Exception {
    Path file = directory.resolve("failing.yaml");
    Files.writeString(
        file,
        """
        title: It cannot be
        devices: [alice, bob]
        steps:
          - start: alice
          - too-many-requests: {path: /sync, times: 1, retry-after: 10ms}
          - not-hear: {listener: alice, sender: bob}
        """);
    Run run = Run.of("demo", "--scenario", file.toString(), "--json", "--out", out());
    assertThat(run.exitCode()).isEqualTo(1);
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(4);
    JsonNode step = new JsonMapper().readTree(lines.get(2));
    assertThat(step.path("type").asText()).isEqualTo("step");
    assertThat(step.path("line").asInt()).isEqualTo(6);
    assertThat(step.path("ok").asBoolean(true)).isFalse();
    JsonNode summary = new JsonMapper().readTree(lines.get(3));
    assertThat(summary.path("type").asText()).isEqualTo("summary");
    assertThat(summary.path("ok").asBoolean(true)).isFalse();
    assertThat(summary.path("error").asText()).startsWith("line 6, not-hear");
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

  private String out() {
    return directory.resolve("out").toString();
  }
}
