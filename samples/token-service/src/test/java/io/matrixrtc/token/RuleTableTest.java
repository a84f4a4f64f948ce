package io.matrixrtc.token;

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
  private static final String GROUPS = "(?:(?:LK|NET|OPENID|CSAPI|LEAVE|LOG|RATE|ENV)-|DISCOVERY)";
  private static final Pattern ROW =
      Pattern.compile("^\\| (" + GROUPS + "[A-Z0-9-]*) \\| .+ \\| .+ \\| (.+) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern ID =
      Pattern.compile("\\b" + GROUPS + "(?:[A-Z0-9]+(?:-[A-Z0-9]+)*)?\\b");
  private static final List<String> PACKAGES =
      List.of("io.matrixrtc.token.", "io.matrixrtc.token.federation.", "io.matrixrtc.token.leave.");

  private record Row(String id, List<String> tests) {}

  private static List<Row> table() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../../docs/protocols/livekit.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(
            new Row(
                row.group(1),
                TEST.matcher(row.group(2))
                    .results()
                    .map(test -> test.group(1) + "#" + test.group(2))
                    .toList()));
      }
    }
    return rows;
  }

  private static List<String> methodsOf(String test) {
    for (String name : PACKAGES) {
      try {
        return Arrays.stream(Class.forName(name + test).getDeclaredMethods())
            .map(Method::getName)
            .toList();
      } catch (ClassNotFoundException e) {
        continue; // it is in another of the packages
      }
    }
    return List.of();
  }

  @Test
  void everyRowNamesTestsThatExistAndBearItsId() throws Exception {
    assertThat(table()).hasSizeGreaterThan(40);
    assertThat(table().stream().map(Row::id)).doesNotHaveDuplicates();
    for (Row row : table()) {
      assertThat(row.tests()).as(row.id()).isNotEmpty();
      String id = "_" + row.id().replace('-', '_');
      for (String test : row.tests()) {
        String[] parts = test.split("#", 2);
        assertThat(methodsOf(parts[0])).as(test).contains(parts[1]);
        assertThat(parts[1]).matches(name -> name.endsWith(id) || name.endsWith(id + "_ours"));
      }
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
    assertThat(inCode).hasSizeGreaterThan(20);
    assertThat(table().stream().map(Row::id)).containsAll(inCode);
  }
}
