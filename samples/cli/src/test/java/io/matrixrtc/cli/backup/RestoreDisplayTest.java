package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.download.DamagedEntry;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a restore shows: a bar with rate and rest of the time on a terminal, else lines. */
class RestoreDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(said, true, UTF_8);

  private static DownloadProgress progress(long done, long total, Optional<Duration> rest) {
    return new DownloadProgress(
        "1", DownloadState.IMPORTING, total, total, done - 3, 2, 1, 1_000, rest);
  }

  private String text() {
    return bytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }

  private static RestoreSummary summary() {
    return new RestoreSummary(DownloadState.DONE, 10, 7, 2, 1, 10, Duration.ofSeconds(2), 5L << 20);
  }

  @Test
  void onATerminalABarWithRateAndRestOfTheTime_CLI_RESTORE() {
    RestoreDisplay display = new RestoreDisplay(out, err, false, true);
    display.progress(progress(250_000, 1_000_000, Optional.of(Duration.ofSeconds(83))), 9_000);
    assertThat(text())
        .isEqualTo(
            "\rimporting  25% [#######                       ] 250,000 of 1,000,000 keys,"
                + " 9,000/s, 1:23 left");
    bytes.reset();
    display.progress(progress(1_000_000, 1_000_000, Optional.empty()), 9_000);
    assertThat(text())
        .startsWith(
            "\rimporting 100% [" + "#".repeat(30) + "] 1,000,000 of 1,000,000 keys, 9,000/s")
        .as("what was longer is wiped")
        .endsWith(" ".repeat("1:23 left".length()))
        .doesNotContain("\n");
    display.say("Paused.");
    assertThat(text()).endsWith("\nPaused.\n");
  }

  @Test
  void hoursAndOddTotalsAreShown_CLI_RESTORE() {
    assertThat(RestoreDisplay.line(progress(5, 100, Optional.of(Duration.ofMinutes(125))), 1))
        .endsWith(", 2 h 05 min left");
    assertThat(RestoreDisplay.line(progress(12, 10, Optional.empty()), 1)) // it grew meanwhile
        .contains("100% [" + "#".repeat(30) + "] 12 of 10 keys");
    assertThat(
            RestoreDisplay.line(
                new DownloadProgress(
                    "1", DownloadState.FETCHING, 0, 0, 0, 0, 0, 0, Optional.empty()),
                0))
        .contains("fetching   0% [" + " ".repeat(30) + "] 0 of 0 keys, 0/s");
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, false"})
  void otherwiseLinesOfJson_CLI_RESTORE(boolean json, boolean terminal) throws Exception {
    RestoreDisplay display = new RestoreDisplay(out, err, json, terminal);
    display.progress(progress(250, 1_000, Optional.of(Duration.ofSeconds(83))), 9);
    display.progress(progress(1_000, 1_000, Optional.empty()), 9);
    display.say("Not for programs.");
    assertThat(said.toString(UTF_8)).startsWith("Not for programs.");
    display.damaged(List.of(new DamagedEntry("!r:e", "s", Reason.MAC)));
    display.summary(summary());
    List<String> lines = text().lines().toList();
    assertThat(lines).hasSize(4);
    ObjectNode first = Json.parseObject(lines.get(0));
    assertThat(first.path("type").asText()).isEqualTo("progress");
    assertThat(first.path("state").asText()).isEqualTo("importing");
    assertThat(first.path("total").asInt()).isEqualTo(1_000);
    assertThat(first.path("imported").asInt()).isEqualTo(247);
    assertThat(first.path("known").asInt()).isEqualTo(2);
    assertThat(first.path("damaged").asInt()).isOne();
    assertThat(first.path("keysPerSecond").asInt()).isEqualTo(9);
    assertThat(first.path("etaSeconds").asInt()).isEqualTo(83);
    assertThat(Json.parseObject(lines.get(1)).has("etaSeconds")).isFalse();
    assertThat(Json.parseObject(lines.get(2)).path("reason").asText()).isEqualTo("mac");
    ObjectNode last = Json.parseObject(lines.get(3));
    assertThat(last.fieldNames())
        .toIterable()
        .containsExactly(
            "type",
            "state",
            "total",
            "imported",
            "known",
            "damaged",
            "seconds",
            "keysPerSecond",
            "peakHeapMb");
    assertThat(last.path("keysPerSecond").asInt()).isEqualTo(5);
  }

  @Test
  void onATerminalTheEndIsOneSentence_CLI_RESTORE() {
    RestoreDisplay display = new RestoreDisplay(out, err, false, true);
    display.summary(summary());
    assertThat(text()).isEqualTo(summary().toText() + "\n");
    assertThat(said.size()).isZero();
  }

  @Test
  void damagedEntriesAreNamedAndWhatIsNotListedIsCounted_CLI_RESTORE() throws Exception {
    List<DamagedEntry> many =
        Collections.nCopies(
            RestoreDisplay.MAX_LISTED + 7, new DamagedEntry("!r:e", "s\u001b[2J", Reason.MAC));
    new RestoreDisplay(out, err, true, false).damaged(many);
    List<String> lines = text().lines().toList();
    assertThat(lines).hasSize(RestoreDisplay.MAX_LISTED + 1);
    ObjectNode more = Json.parseObject(lines.get(RestoreDisplay.MAX_LISTED));
    assertThat(more.path("listed").asInt()).isEqualTo(RestoreDisplay.MAX_LISTED);
    assertThat(more.path("count").asInt()).isEqualTo(many.size());
    bytes.reset();
    new RestoreDisplay(out, err, false, true).damaged(many);
    assertThat(text())
        .contains("{mac=1007}", "session s?[2J of !r:e: mac", "and 1002 more; --json lists them");
    assertThat(text()).doesNotContain("\u001b");
  }
}
