package io.matrixrtc.benchmarks.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTableTest {
  @TempDir private Path folder;

  private String table(String... lines) throws IOException {
    return FiguresTable.of(List.of(Files.write(folder.resolve("lines"), List.of(lines))));
  }

  private static String frame(String codec, int bytes, double ratio) {
    return "{\"type\":\"bench\",\"name\":\"frame.encrypt\",\"bytes\":%d,\"codec\":\"%s\",\"opsPerSecond\":3058306,\"ratio\":%s,\"pairs\":40}"
        .formatted(bytes, codec, ratio);
  }

  @Test
  void aTargetOfTheTableIsSaidAndJudgedOnEitherSide() throws IOException {
    assertThat(table(frame("opus", 100, 0.91), frame("opus", 1200, 0.91)))
        .contains(
            "| frame.encrypt | bytes 100; codec: opus; ops per second 3,058,306; ratio 0.91 | ratio"
                + " at least 0.9 | met |",
            "| ratio at least 0.95 | **missed** |");
    assertThat(table(frame("h264", 20000, 0.49), frame("h264", 20000, 0.5)))
        .containsSubsequence("at least 0.5 | **missed** |", "at least 0.5 | met |");
  }

  @Test
  void anUpperLimitIsOfOnePeer() throws IOException {
    String line = "{\"name\":\"olm.encrypt\",\"peer\":\"%s\",\"ratio\":%s}";
    assertThat(
            table(
                line.formatted("libolm 3.2.15", 0.5),
                line.formatted("libolm 3.2.15", 0.51),
                line.formatted("vodozemac 0.9", 9)))
        .containsSubsequence(
            "ratio at most 0.5 | met |",
            "ratio at most 0.5 | **missed** |",
            "| olm.encrypt | peer: vodozemac 0.9; ratio 9 |  |  |");
  }

  @Test
  void aLineWithGoalsOfItsOwnIsJudgedByThem() throws IOException {
    assertThat(
            table(
                "{\"name\":\"restore\",\"keysPerSecond\":9100.4,\"goalKeysPerSecond\":9000,\"goalMet\":true,\"ratio\":3.25,\"goalRatio\":3.5,\"goalRatioMet\":false}"))
        .contains(
            "| restore | keys per second 9,100; ratio 3.25 | keys per second 9,000; ratio 3.5 |"
                + " met, **missed** |");
  }

  @Test
  void whatIsNoLineOfABenchmarkIsLeftOut() throws IOException {
    assertThat(table("npm WARN", "{\"type\":\"other\"}")).hasLineCount(2);
    assertThatIllegalArgumentException().isThrownBy(() -> table("{\"name\":"));
  }

  @Test
  void aPageKeepsAllElseAndMustHaveAPlace() {
    String page = "before\n" + FiguresTable.BEGIN + "\nold\n" + FiguresTable.END + "\nafter\n";
    assertThat(FiguresTable.into(page, "new\n"))
        .isEqualTo(
            "before\n" + FiguresTable.BEGIN + "\n\nnew\n\n" + FiguresTable.END + "\nafter\n");
    assertThatIllegalArgumentException().isThrownBy(() -> FiguresTable.into("nothing", "new"));
  }
}
