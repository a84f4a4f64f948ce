package io.matrixrtc.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveTableTest {
  private static final Trace TRACE = SyntheticCall.trace();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static List<String> lines(int columns) {
    LiveState state = new LiveState();
    TRACE.entries().forEach(state::apply);
    return new LiveView(columns, false).lines(state);
  }

  @Test
  void theTableTellsIndexFramesAndFailuresOfEachPair() {
    List<String> lines = lines(110);
    assertThat(lines.get(0))
        .startsWith("40 s  5 in the call, 14 keys, 59 delivered, 1 not, frames 37210 ok");
    assertThat(lines.get(1)).contains("hears", "Alice (phone)", "Carol", "Erin");
    assertThat(lines.get(6)).startsWith(" Dave").contains("107 2342 x7");
    assertThat(lines.get(7)).startsWith("-Erin");
    assertThat(lines.get(4)).startsWith("mBob");
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 30, 40, 60, 79, 120, 300})
  void noLineIsWiderThanTheTerminal(int columns) {
    List<String> lines = lines(columns);
    assertThat(lines)
        .allSatisfy(line -> assertThat(LiveView.width(line)).isLessThanOrEqualTo(columns));
    assertThat(lines).hasSizeGreaterThan(6);
    assertThat(String.join("\n", lines)).contains("Dave").doesNotContain("\u001B");
  }

  @Test
  void aNarrowTableSaysLessAndAVeryNarrowOneSumsUp() {
    assertThat(lines(79).get(6)).contains("107 2342x").doesNotContain("x7");
    assertThat(lines(50).get(6)).contains("107x").doesNotContain("2342");
    assertThat(lines(26).get(5)).contains("hears 4/5");
  }

  @Test
  void onATerminalTheTableIsDrawnOverItself() {
    LiveTable table = new LiveTable(out, new Terminal(true, false, 100));
    for (TraceEntry entry : TRACE.entries()) {
      table.accept(entry);
    }
    assertThat(written()).isEmpty();
    table.draw();
    int height = (int) written().lines().count();
    String first = written();
    assertThat(first).doesNotContain("\u001B[" + height + "A").doesNotContain("\u001B[3");
    table.draw();
    assertThat(written()).as("nothing changed").isEqualTo(first);
    table.accept(new TraceEntry(SyntheticCall.START, 41_000, new TraceEvent.Noted(null, "")));
    table.draw();
    assertThat(written().substring(first.length())).startsWith("\u001B[" + height + "A\r41 s");
    table.close();
    table.close();
    table.draw();
    assertThat(written().split("41 s", -1)).hasSize(2);
  }

  @Test
  void colorsAreUsedOnlyWhereTheyMay() {
    LiveTable table = new LiveTable(out, new Terminal(true, true, 100));
    TRACE.entries().forEach(table);
    table.draw();
    assertThat(written()).contains("\u001B[31m107 2342 x7");
  }

  @Test
  void aPlainOutputGetsAFewLinesAndNoEscapes() {
    LiveTable table = new LiveTable(out, new Terminal(false, false, 80));
    TRACE.entries().forEach(table);
    table.draw();
    table.close();
    assertThat(written())
        .contains("18.000 s  Carol left")
        .contains("key 105 not delivered, Bob to Dave: 429 three times, gave up")
        .contains("attack ATT-TAPE withstood: 0 hits in 4.1 MB")
        .contains("check CHK-DELIVERY FAILS")
        .doesNotContain("\u001B");
    assertThat(written().lines().filter(line -> line.contains(" in the call, "))).hasSize(5);
    assertThat(written().lines()).hasSizeLessThan(40);
  }

  @Test
  void namesCannotSteerTheTerminal_TABLE_ESCAPE() {
    LiveTable table = new LiveTable(out, new Terminal(true, false, 80));
    String evil = "a\u001B[2J\r\n\u0007\u202E";
    table.accept(entry(new TraceEvent.ParticipantAdded("e", "e", "E", evil, false)));
    table.accept(entry(new TraceEvent.Checked(evil, evil, true, evil, null)));
    table.draw();
    assertThat(written()).doesNotContain("\u001B[2J", "\u0007", "\u202E").contains("a?[2J");
  }

  @Test
  void aCallOfTwoHundredIsSummedUp() {
    LiveState state = new LiveState();
    for (int i = 0; i < 200; i++) {
      state.apply(entry(new TraceEvent.ParticipantAdded("u" + i, "u", "D", "User " + i, false)));
    }
    List<String> lines = new LiveView(100, false).lines(state);
    assertThat(lines).hasSize(LiveView.MAX_ROWS + 2).last().isEqualTo("and 176 more");
  }

  @Test
  void theEnvironmentDecidesWhatMayBeWritten() {
    Map<String, String> xterm = Map.of("TERM", "xterm-256color", "COLUMNS", "132");
    assertThat(Terminal.of(xterm, true, () -> 7)).isEqualTo(new Terminal(true, true, 132));
    assertThat(Terminal.of(xterm, false, () -> 7)).isEqualTo(new Terminal(false, false, 132));
    assertThat(Terminal.of(Map.of("TERM", "xterm", "NO_COLOR", "1"), true, () -> 90))
        .isEqualTo(new Terminal(true, false, 90));
    assertThat(Terminal.of(Map.of("TERM", "xterm", "NO_COLOR", ""), true, () -> 0))
        .isEqualTo(new Terminal(true, true, 80));
    assertThat(Terminal.of(Map.of("TERM", "dumb"), true, () -> 90))
        .isEqualTo(new Terminal(false, false, 80));
    assertThat(Terminal.of(Map.of("TERM", "xterm", "COLUMNS", "3"), true, () -> 90).columns())
        .isEqualTo(Terminal.MIN_COLUMNS);
    assertThat(Terminal.of(Map.of("TERM", "xterm", "COLUMNS", "x9"), true, () -> 90).columns())
        .isEqualTo(90);
  }

  @Test
  void wideCharactersCountTwice() {
    assertThat(LiveView.fit("日本語", 5)).isEqualTo("日本 ");
    assertThat(LiveView.fit("e\u0301a", 3)).isEqualTo("e\u0301a ");
    assertThat(LiveView.fit("abc", 2)).isEqualTo("ab");
  }

  private static TraceEntry entry(TraceEvent event) {
    return new TraceEntry(SyntheticCall.START, 0, event);
  }
}
