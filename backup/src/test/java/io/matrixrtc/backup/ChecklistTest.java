package io.matrixrtc.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The parity checklist, the table of what was asked for and that of the crash points: every line is
 * there, and names tests that exist or says what is missing.
 */
class ChecklistTest {
  private static final int LINES = 92;
  private static final int CRASH_POINTS = 18;
  private static final Path FILE = Path.of("../docs/protocols/backup.md");
  private static final Pattern ROW = Pattern.compile("^\\| C(\\d+) \\| [^|]+ \\| ([^|]+) \\|$");
  private static final Pattern CRASH_ROW =
      Pattern.compile("^\\| B3\\.(\\d+) \\| [^|]+ \\| [^|]+ \\| ([^|]+) \\|$");
  private static final Pattern ASKED_ROW =
      Pattern.compile("^\\| ([^|]+) \\| [^|]+ \\| ([^|]+) \\|$");
  private static final Pattern TEST = Pattern.compile("`([\\w.]+)#(\\w+)`");
  private static final Pattern NUMBERED = Pattern.compile("void (\\w+?(?:_C\\d+)+(?:_ours)?)\\(");
  private static final Pattern NUMBER = Pattern.compile("_C(\\d+)");

  /** Where test classes are looked for; those of other modules are not on our class path. */
  private static final List<Path> ROOTS =
      List.of(
          Path.of("src/test/java/io/matrixrtc/backup"),
          Path.of("../rtc-core/src/test/java/io/matrixrtc"),
          Path.of("../widget-bridge/src/test/java/io/matrixrtc"),
          Path.of("../samples/cli/src/test/java/io/matrixrtc"),
          Path.of("../samples/homeserver/src/test/java/io/matrixrtc"),
          Path.of("../samples/testkit/src/test/java/io/matrixrtc"),
          Path.of("../samples/interop/src/test/java/io/matrixrtc"));

  private static Map<Integer, String> rows(Pattern pattern) throws IOException {
    Map<Integer, String> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FILE)) {
      Matcher row = pattern.matcher(line);
      if (row.matches()) {
        assertThat(rows.put(Integer.valueOf(row.group(1)), row.group(2))).as(line).isNull();
      }
    }
    return rows;
  }

  private static List<MatchResult> tests(String cell) {
    return TEST.matcher(cell).results().toList();
  }

  private static void assertTestsExist(String cell) throws IOException {
    for (MatchResult test : tests(cell)) {
      Optional<Path> file =
          ROOTS.stream()
              .map(root -> root.resolve(test.group(1).replace('.', '/') + ".java"))
              .filter(Files::exists)
              .findFirst();
      assertThat(file).as(test.group()).isPresent();
      assertThat(Files.readString(file.orElseThrow()))
          .as(test.group())
          .contains("void " + test.group(2) + "(");
    }
  }

  @Test
  void everyLineIsThereOnce() throws Exception {
    assertThat(rows(ROW).keySet())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, LINES).boxed().toList());
  }

  @Test
  void everyLineNamesATestThatBearsItsNumberOrSaysWhatIsMissing() throws Exception {
    List<Integer> withoutTest = new ArrayList<>();
    for (Map.Entry<Integer, String> row : rows(ROW).entrySet()) {
      assertTestsExist(row.getValue());
      Pattern number = Pattern.compile("_C" + row.getKey() + "(?!\\d)");
      if (tests(row.getValue()).stream().noneMatch(test -> number.matcher(test.group(2)).find())) {
        assertThat(row.getValue()).as("C%s", row.getKey()).contains("gap: ");
        withoutTest.add(row.getKey());
      }
    }
    assertThat(withoutTest).isEmpty();
  }

  @Test
  void testsThatBearTheNumberOfALineAreInIt() throws Exception {
    Map<Integer, String> rows = rows(ROW);
    int numbered = 0;
    try (Stream<Path> files = Files.walk(ROOTS.get(0))) {
      for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
        for (MatchResult test : NUMBERED.matcher(Files.readString(file)).results().toList()) {
          for (MatchResult number : NUMBER.matcher(test.group(1)).results().toList()) {
            assertThat(rows.get(Integer.valueOf(number.group(1))))
                .as("C%s", number.group(1))
                .contains("#" + test.group(1) + "`");
            numbered++;
          }
        }
      }
    }
    assertThat(numbered).isGreaterThan(90);
  }

  /** The tables between this heading and the next one of its rank. */
  private static List<String> section(String heading) throws IOException {
    List<String> lines = Files.readAllLines(FILE);
    int from = lines.indexOf("## " + heading);
    assertThat(from).as(heading).isNotNegative();
    int to = from + 1;
    while (to < lines.size() && !lines.get(to).startsWith("## ")) {
      to++;
    }
    return lines.subList(from, to);
  }

  @Test
  void everythingThatWasAskedForNamesATestOrIsAnothersWork() throws Exception {
    int asked = 0;
    for (String line : section("What was asked for")) {
      Matcher row = ASKED_ROW.matcher(line);
      if (row.matches() && !line.startsWith("|---") && !line.startsWith("| ask |")) {
        asked++;
        assertTestsExist(row.group(2));
        assertThat(!tests(row.group(2)).isEmpty() || row.group(2).startsWith("none: "))
            .as(line)
            .isTrue();
      }
    }
    assertThat(asked).isEqualTo(68);
  }

  @Test
  void everyCrashPointNamesATest() throws Exception {
    Map<Integer, String> points = rows(CRASH_ROW);
    assertThat(points.keySet())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, CRASH_POINTS).boxed().toList());
    for (Map.Entry<Integer, String> point : points.entrySet()) {
      assertTestsExist(point.getValue());
      assertThat(tests(point.getValue())).as("B3.%s", point.getKey()).isNotEmpty();
    }
  }
}
