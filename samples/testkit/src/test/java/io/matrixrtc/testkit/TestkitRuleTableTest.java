package io.matrixrtc.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of rules and the tests belong together. */
class TestkitRuleTableTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| ([A-Z][A-Z0-9-]+) \\| .+ \\| .+ \\| (.+) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");
  private static final Pattern BEARS_AN_ID =
      Pattern.compile(
          "void \\w+_((?:SCRIPT|SCENARIO|VIEWER|TRACE|EXPECT|FOREIGN|PEER|VIRTUAL)_[A-Z_]+)\\(");

  private record Row(String id, String tests) {}

  private static List<Row> table() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../../docs/protocols/testkit.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(new Row(row.group(1), row.group(2)));
      }
    }
    return rows;
  }

  /** The sources of the tests of this module, of its peers and of the command, by class name. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("testkit", "testkit-peers", "cli")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.put(name, Files.readString(file));
        }
      }
    }
    return sources;
  }

  @Test
  void everyRowNamesTestsThatExistAndBearItsId() throws Exception {
    Map<String, String> sources = tests();
    assertThat(table()).hasSizeGreaterThan(70);
    assertThat(table().stream().map(Row::id)).doesNotHaveDuplicates();
    for (Row row : table()) {
      Matcher test = TEST.matcher(row.tests());
      assertThat(test.find()).as(row.id()).isTrue();
      do {
        String source = sources.get(test.group(1));
        assertThat(source).as("%s: %s", row.id(), test.group(1)).isNotNull();
        if (test.group(2) != null) {
          assertThat(source).as(row.id()).contains("void " + test.group(2) + "(");
        }
      } while (test.find());
    }
  }

  @Test
  void everyIdThatATestOfScriptsBearsIsInTheTable() throws Exception {
    Set<String> ids = new TreeSet<>();
    for (String source : tests().values()) {
      BEARS_AN_ID.matcher(source).results().forEach(id -> ids.add(id.group(1).replace('_', '-')));
    }
    assertThat(ids).hasSizeGreaterThan(25);
    assertThat(table().stream().map(Row::id)).containsAll(ids);
  }
}
