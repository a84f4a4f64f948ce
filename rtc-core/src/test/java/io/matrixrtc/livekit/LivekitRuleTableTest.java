package io.matrixrtc.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of rules, the ids at the checks and the tests belong together. */
class LivekitRuleTableTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| ((?:SFU|DELEG)-[A-Z0-9-]+) \\| .+ \\| .+ \\| (.+) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern ID = Pattern.compile("\\b(?:SFU|DELEG)-[A-Z0-9]+(?:-[A-Z0-9]+)*\\b");

  private record Row(String id, List<String> tests) {}

  private static List<Row> table() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/protocols/livekit.md"))) {
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

  @Test
  void everyRowNamesTestsThatExistAndBearItsId() throws Exception {
    assertThat(table()).hasSizeGreaterThan(15);
    assertThat(table().stream().map(Row::id)).doesNotHaveDuplicates();
    for (Row row : table()) {
      assertThat(row.tests()).as(row.id()).isNotEmpty();
      for (String test : row.tests()) {
        String[] parts = test.split("#", 2);
        assertThat(Class.forName("io.matrixrtc.livekit." + parts[0]).getDeclaredMethods())
            .as(test)
            .anyMatch(method -> method.getName().equals(parts[1]));
        assertThat(parts[1]).startsWith(camel(row.id()));
      }
    }
  }

  private static String camel(String id) {
    String joined =
        Arrays.stream(id.toLowerCase(Locale.ROOT).split("-", -1))
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
    return Character.toLowerCase(joined.charAt(0)) + joined.substring(1);
  }

  @Test
  void everyIdInTheCodeIsInTheTable() throws Exception {
    Set<String> inCode = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/matrixrtc/livekit"))) {
      for (Path file : files.toList()) {
        ID.matcher(Files.readString(file)).results().forEach(id -> inCode.add(id.group()));
      }
    }
    assertThat(inCode).hasSizeGreaterThan(15);
    assertThat(table().stream().map(Row::id)).containsAll(inCode);
  }
}
