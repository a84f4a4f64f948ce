package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The checklist of upstream's behaviours names a test, or says what is missing, in every line. */
class ChecklistTest {
  private static final int LINES = 130;
  private static final Path FILE = Path.of("../docs/protocols/e2ee-checklist.md");
  private static final Path TESTS = Path.of("src/test/java/io/matrixrtc");
  private static final List<String> PACKAGES = List.of("encoding", "json", "olm", "e2ee");
  private static final Pattern ROW =
      Pattern.compile("^\\| B(\\d+) \\| ([CRL]) \\| [^|]+ \\| ([^|]+) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern NUMBERED =
      Pattern.compile("(?:void|Stream<DynamicTest>) (\\w+?)((?:_B\\d+)+)(?:_ours)?\\(");
  private static final Pattern RULE =
      Pattern.compile("^\\| ([A-Z0-9]+(?:-[A-Z0-9]+)+) \\| .* \\|$");

  private record Row(String mark, String evidence) {
    List<MatchResult> tests() {
      return TEST.matcher(evidence).results().toList();
    }

    boolean saysWhatIsMissing() {
      return evidence.contains("gap: ") || evidence.contains("later");
    }
  }

  private static Map<Integer, Row> rows() throws IOException {
    Map<Integer, Row> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FILE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Row before = rows.put(Integer.valueOf(row.group(1)), new Row(row.group(2), row.group(3)));
        assertThat(before).as("B%s twice", row.group(1)).isNull();
      }
    }
    return rows;
  }

  @Test
  void everyLineIsThereOnce() throws Exception {
    assertThat(rows().keySet())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, LINES).boxed().toList());
  }

  @Test
  void everyLineNamesTestsThatExistOrSaysWhatIsMissing() throws Exception {
    for (Map.Entry<Integer, Row> row : rows().entrySet()) {
      assertThat(row.getValue().tests().isEmpty() && !row.getValue().saysWhatIsMissing())
          .as("B%s", row.getKey())
          .isFalse();
      for (MatchResult test : row.getValue().tests()) {
        assertThat(Arrays.stream(testClass(test.group(1)).getDeclaredMethods()))
            .as("B%s", row.getKey())
            .extracting(Method::getName)
            .contains(test.group(2));
      }
    }
  }

  @Test
  void whatCallsNeedIsHeldByATestButForTheLinesThatSayWhy() throws Exception {
    List<Integer> withoutTest = new ArrayList<>();
    rows()
        .forEach(
            (line, row) -> {
              if (row.mark().equals("C") && row.tests().isEmpty()) {
                withoutTest.add(line);
              }
            });
    assertThat(withoutTest).as("ratchet counters").containsExactly(22);
  }

  @Test
  void testsThatBearTheNumberOfALineAreInIt() throws Exception {
    Map<Integer, Row> rows = rows();
    int numbered = 0;
    for (String folder : List.of("olm", "e2ee")) {
      try (Stream<Path> files = Files.list(TESTS.resolve(folder))) {
        for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
          for (MatchResult test : NUMBERED.matcher(Files.readString(file)).results().toList()) {
            for (String number : test.group(2).substring(2).split("_B")) {
              Row row = rows.get(Integer.valueOf(number));
              assertThat(row).as("B%s", number).isNotNull();
              assertThat(String.valueOf(row)).contains(test.group(1) + test.group(2));
              numbered++;
            }
          }
        }
      }
    }
    assertThat(numbered).isGreaterThan(30);
  }

  /**
   * The other way round: a line that names tests is held by one whose name says so, by the number
   * of the line or the id of a rule. What has no test is said above, or is not for calls.
   */
  @Test
  void eachLineHasATestThatBearsItsNumberOrARule() throws Exception {
    Set<String> rules = rules();
    assertThat(rules).hasSizeGreaterThan(150);
    List<Integer> unnamed = new ArrayList<>();
    rows()
        .forEach(
            (line, row) -> {
              if (row.tests().stream().noneMatch(test -> names(test.group(2), line, rules))) {
                unnamed.add(line);
              }
            });
    assertThat(unnamed).as("gaps: ratchet counters, rooms").containsExactly(22, 83);
  }

  @Test
  void aNameBearsANumberOrARuleOnlyAsAWhole() {
    Set<String> rules = Set.of("TD-1", "OTK-FB", "PICKLE-VER");
    for (String name :
        List.of(
            "xyz_B7", "x_B5_B7_ours", "td1EnvelopeMust", "otkFbMadeOnce", "x_PICKLE_VER_ours")) {
      assertThat(names(name, 7, rules)).as(name).isTrue();
    }
    for (String name :
        List.of(
            "xyz_B77", "xyzB7", "td11AnUnknown", "otkFallbackMade", "x_PICKLE", "aTd1Envelope")) {
      assertThat(names(name, 7, rules)).as(name).isFalse();
    }
  }

  private static Set<String> rules() throws IOException {
    Set<String> rules = new TreeSet<>();
    for (String table : List.of("olm.md", "e2ee.md")) {
      for (String line : Files.readAllLines(FILE.resolveSibling(table))) {
        Matcher rule = RULE.matcher(line);
        if (rule.matches()) {
          rules.add(rule.group(1));
        }
      }
    }
    return rules;
  }

  /**
   * Ids stand at the end, as {@code _OLM_SID} and {@code _tdPayload}, or first: {@code otkCount}.
   */
  private static boolean names(String test, int line, Set<String> rules) {
    if (Pattern.compile("_B" + line + "(?![0-9])").matcher(test).find()) {
      return true;
    }
    for (String rule : rules) {
      String atTheEnd = "_" + rule.replace('-', '_');
      String first = rule.replace("-", "");
      if (test.endsWith(atTheEnd)
          || test.endsWith(atTheEnd + "_ours")
          || test.toUpperCase(Locale.ROOT).endsWith("_" + first)
          || test.regionMatches(true, 0, first, 0, first.length())
              && test.substring(first.length()).matches("[A-Z_].*")) {
        return true;
      }
    }
    return false;
  }

  private static Class<?> testClass(String name) throws ClassNotFoundException {
    for (String candidate : PACKAGES) {
      try {
        return Class.forName("io.matrixrtc." + candidate + "." + name);
      } catch (ClassNotFoundException e) {
        continue;
      }
    }
    throw new ClassNotFoundException(name);
  }
}
