package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One run of the command inside this process: its exit code and what it printed. */
public record Run(int exitCode, String out, String err) {
  /** Runs the command. */
  public static Run of(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Main.run(arguments);
      return new Run(
          exitCode,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** CLI-SENTENCE: it failed, and the last it said is one sentence that holds all of these. */
  public void failedWith(String... words) {
    assertThat(exitCode).as("exit code; stderr: %s", err).isEqualTo(1);
    assertThat(err).doesNotContain("\tat ", "Exception", "this is a bug");
    List<String> lines = err.lines().toList();
    assertThat(lines).filteredOn(line -> line.startsWith("matrixrtc: ")).hasSize(1);
    assertThat(lines.get(lines.size() - 1)).startsWith("matrixrtc: ").contains(words);
  }

  /** CLI-USAGE: the usage was wrong, and it says how. */
  public void misusedWith(String... words) {
    assertThat(exitCode).as("exit code; stderr: %s", err).isEqualTo(2);
    assertThat(err).contains(words).doesNotContain("\tat ", "Exception");
    assertThat(out).isEmpty();
  }
}
