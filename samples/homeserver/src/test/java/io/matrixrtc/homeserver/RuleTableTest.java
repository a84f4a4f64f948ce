package io.matrixrtc.homeserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of rules, the ids at the checks and the tests belong together. */
class RuleTableTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| (HS-[A-Z0-9-]+) \\| .+ \\| .+ \\| (.+) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");
  private static final Pattern ID = Pattern.compile("\\bHS-[A-Z0-9]+(?:-[A-Z0-9]+)*\\b");

  private record Row(String id, String tests) {}

  private static List<Row> table() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../../docs/protocols/homeserver.md"))) {
      Matcher row = ROW.matcher(line);
      assertThat(row.matches()).as(line).isEqualTo(line.startsWith("| HS-"));
      if (row.matches()) {
        rows.add(new Row(row.group(1), row.group(2)));
      }
    }
    return rows;
  }

  /** The test methods that a row names; all of a class that is named without one. */
  private static List<String> methods(Row row) throws ClassNotFoundException {
    List<String> named = new ArrayList<>();
    Matcher test = TEST.matcher(row.tests());
    while (test.find()) {
      List<String> ofClass =
          Arrays.stream(
                  Class.forName("io.matrixrtc.homeserver.api." + test.group(1))
                      .getDeclaredMethods())
              .map(Method::getName)
              .toList();
      if (test.group(2) == null) {
        named.addAll(ofClass);
      } else {
        assertThat(ofClass).as(row.id()).contains(test.group(2));
        named.add(test.group(2));
      }
    }
    return named;
  }

  @Test
  void everyRowNamesATestThatBearsItsId() throws Exception {
    assertThat(table()).hasSizeGreaterThan(60);
    assertThat(table().stream().map(Row::id)).doesNotHaveDuplicates();
    for (Row row : table()) {
      assertThat(methods(row))
          .as(row.id())
          .anyMatch(name -> name.endsWith("_" + row.id().replace('-', '_')));
    }
  }

  @Test
  void everyIdInTheCodeIsInTheTable() throws Exception {
    Set<String> inCode = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        ID.matcher(Files.readString(file)).results().forEach(id -> inCode.add(id.group()));
      }
    }
    assertThat(table().stream().map(Row::id)).containsAll(inCode);
  }
}
