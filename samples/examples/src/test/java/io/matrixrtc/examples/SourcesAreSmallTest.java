package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Of all modules: no main file has more than 500 lines, and half of them have at most 120. */
class SourcesAreSmallTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final int MOST_LINES = 500;
  private static final int MEDIAN_LINES = 120;

  @Test
  void mainFilesStaySmall() throws Exception {
    Map<String, Integer> lines = lines();
    assertThat(lines)
        .hasSizeGreaterThan(1000)
        .containsKeys(
            "rtc-core/src/main/java/io/matrixrtc/olm/Session.java",
            "samples/examples/src/main/java/io/matrixrtc/examples/KeyBot.java")
        .allSatisfy((file, count) -> assertThat(count).as(file).isLessThanOrEqualTo(MOST_LINES));
    List<Integer> sorted = lines.values().stream().sorted().toList();
    assertThat(sorted.get(sorted.size() / 2)).isLessThanOrEqualTo(MEDIAN_LINES);
  }

  private static Map<String, Integer> lines() throws IOException {
    Map<String, Integer> lines = new TreeMap<>();
    for (Path file : sources()) {
      String name = ROOT.relativize(file).toString().replace('\\', '/');
      lines.put(name, Files.readAllLines(file).size());
    }
    return lines;
  }

  /** All but tests; what a build has put down is not gone into. */
  private static List<Path> sources() throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes is) {
            String name = directory.getFileName().toString();
            return name.equals("target") || name.equals("test") || hidden(name)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
            if (file.toString().endsWith(".java") || file.toString().endsWith(".kt")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private static boolean hidden(String name) {
    return name.startsWith(".") && !name.equals("..");
  }
}
