package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it, with few participants. */
class DemoCommandTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @TempDir private Path directory;

  @Test
  void jsonIsOneObjectPerLineAndTheSummaryIsTheLast_CLI_JSON() throws Exception {
    Run run =
        Run.of("demo", "--fast", "-n", "2", "--json", "--out", directory.resolve("out").toString());
    List<JsonNode> lines = parse(run.out());
    assertThat(lines).allMatch(line -> line.isObject() && line.path("type").isTextual());
    assertThat(lines.subList(0, lines.size() - 1))
        .extracting(line -> line.path("type").asText())
        .contains("event", "progress")
        .doesNotContain("summary");
    JsonNode summary = lines.get(lines.size() - 1);
    assertThat(summary.path("type").asText()).isEqualTo("summary");
    assertThat(summary.path("participants").asInt()).isEqualTo(2);
    for (String counter :
        List.of(
            "framesSent",
            "framesDecrypted",
            "framesUndecryptable",
            "keysSent",
            "joinerReadPast",
            "leaverReadFuture",
            "forgedKeysAccepted",
            "keysSeenByServer")) {
      assertThat(summary.path(counter).isIntegralNumber()).as(counter).isTrue();
    }
    for (String figures : List.of("exposureAfterLeaveMs", "timeToMediaMs")) {
      assertThat(summary.path(figures).path("p50").isIntegralNumber()).as(figures).isTrue();
      assertThat(summary.path(figures).path("p99").isIntegralNumber()).as(figures).isTrue();
    }
    assertThat(summary.path("checks").size()).isGreaterThan(5);
    boolean ok = true;
    for (JsonNode check : summary.path("checks")) {
      assertThat(check.path("name").isTextual()).isTrue();
      assertThat(check.path("ok").isBoolean() || check.path("notApplicable").asBoolean()).isTrue();
      ok &= check.path("ok").asBoolean(true);
    }
    assertThat(summary.path("ok").asBoolean()).as("%s", summary).isEqualTo(ok).isTrue();
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).doesNotContain("\tat ");
  }

  @Test
  void aHomeserverThatIsNotOursIsNotSearchedAndThatIsNotCalledOk_CLI_REMOTE() throws Exception {
    try (EmbeddedServer server = EmbeddedServer.start(0)) {
      Path trace = directory.resolve("made/trace.jsonl");
      Path report = directory.resolve("made/report.html");
      Run run =
          Run.of(
              "demo",
              "--fast",
              "-n",
              "2",
              "--homeserver",
              server.baseUrl().toString(),
              "--trace",
              trace.toString(),
              "--report",
              report.toString(),
              "--out",
              directory.resolve("out").toString());
      assertThat(run.exitCode()).as("%s %s", run.out(), run.err()).isZero();
      assertThat(run.out())
          .containsPattern("n/a +no media key is in the homeserver's database")
          .containsPattern("n/a +no media key is in the homeserver's request log")
          .containsPattern("ok +no media key is in the relay's tape")
          .contains("every check held");
      assertThat(Files.readString(report)).contains("<html");
      assertThat(TraceJson.read(trace).events(TraceEvent.CallEnded.class)).hasSize(1);
    }
  }

  @Test
  void participantsCanHaveProcessesOfTheirOwn_CLI_PROCESSES() throws Exception {
    Run run =
        Run.of(
            "demo",
            "--fast",
            "-n",
            "2",
            "--processes",
            "--json",
            "--out",
            directory.resolve("out").toString());
    List<JsonNode> lines = parse(run.out());
    assertThat(lines.get(lines.size() - 1).path("ok").asBoolean())
        .as("%s %s", lines.get(lines.size() - 1), run.err())
        .isTrue();
    assertThat(run.exitCode()).isZero();
    assertThat(lines)
        .anyMatch(line -> line.path("event").asText().equals("key_received"))
        .anyMatch(line -> line.path("processes").asInt() == 3);
  }

  private static List<JsonNode> parse(String out) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.lines().toList()) {
      lines.add(MAPPER.readTree(line));
    }
    return lines;
  }
}
