package io.matrixrtc.widget.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of rules, the ids at the checks and the tests belong together. */
class WidgetRuleTableTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| ([A-Z]+(?:-[A-Z0-9]+)*) \\| .* \\| ([^|]+) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

  /** Behaviours that upstream's own tests assert: in the table and in tests, not in the code. */
  private static final Pattern PARITY = Pattern.compile("W[THRUC]-\\d+");

  private static final Pattern ID =
      Pattern.compile(
          "(?<![\\w-])(?:(?:WIDGET|CAP|TODEV|ROOM|FIELDS|REPLY|PUSH|RATE|REQUEST|ACTION|NEGOTIATE"
              + "|ANSWER|VERSIONS|GRANT|NOTIFY|READ|FEED|STATE|STICKY|SEND|DELAY|OPENID|TURN|MEDIA"
              + "|RTC|UI|SOURCE|FLOOD|URL|EC|ID|CLIENT|RELAY|LINK|BRIDGE"
              + "|DRIVER|PAGE|CONSENT)-[A-Z]+(?:-[A-Z]+)*|LIMITS|REPLAY|DIRECTION)"
              + "(?![\\w-])");

  private record Row(String id, List<String> tests) {}

  private static List<Row> table() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/protocols/widget.md"))) {
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
    assertThat(table()).hasSizeGreaterThan(150);
    Set<String> tests = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        Pattern.compile("  (?:void|Stream<DynamicTest>) (\\w+)\\(")
            .matcher(Files.readString(file))
            .results()
            .forEach(method -> tests.add(name + "#" + method.group(1)));
      }
    }
    for (Row row : table()) {
      assertThat(row.tests()).as(row.id()).isNotEmpty();
      assertThat(tests).as(row.id()).containsAll(row.tests());
      Pattern inName =
          Pattern.compile(row.id().replace("-", "").toLowerCase(Locale.ROOT) + "(?!\\d)");
      for (String test : row.tests()) {
        assertThat(test.substring(test.indexOf('#') + 1).toLowerCase(Locale.ROOT))
            .as("a test of %s", row.id())
            .containsPattern(inName);
      }
    }
    assertThat(table().stream().map(Row::id)).doesNotHaveDuplicates();
    assertThat(tests).as("control").doesNotContain("WidgetHostTest#noSuchTest");
  }

  @Test
  void everyIdInTheCodeIsInTheTableAndTheOtherWayRound() throws Exception {
    Set<String> inCode = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        ID.matcher(Files.readString(file)).results().forEach(id -> inCode.add(id.group()));
      }
    }
    assertThat(table().stream().map(Row::id).filter(id -> !PARITY.matcher(id).matches()).toList())
        .containsExactlyInAnyOrderElementsOf(inCode);
  }
}
