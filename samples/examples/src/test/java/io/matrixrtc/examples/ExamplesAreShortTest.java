package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExamplesAreShortTest {
  private static final int MOST_LINES = 60;

  private static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  /** Lines that do something: neither blank, nor comment, nor package and imports. */
  private static long lines(String source) {
    return source
        .replaceAll("(?s)/\\*.*?\\*/", "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("//"))
        .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
        .count();
  }

  @Test
  void everyExampleFitsOnAScreenAndHasATest() throws Exception {
    assertThat(examples()).hasSizeGreaterThan(7);
    StringBuilder tests = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(one -> one.toString().endsWith("Test.java")).toList()) {
        tests.append(Files.readString(file));
      }
    }
    for (Path example : examples()) {
      String name = example.getFileName().toString().replace(".java", "");
      assertThat(lines(Files.readString(example))).as(name).isLessThan(MOST_LINES);
      if (!name.equals("package-info")) {
        assertThat(tests.toString()).as("a test of %s", name).containsPattern("\\b" + name + "\\b");
      }
    }
  }

  @Test
  void linesAreCountedWithoutCommentsAndImports() {
    assertThat(lines("package a;\nimport b;\n\n/** c\n * d */\n// e\nclass F {\n  int g;\n}\n"))
        .isEqualTo(3);
  }
}
