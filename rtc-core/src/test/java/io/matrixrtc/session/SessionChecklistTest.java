package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The checklist of upstream's behaviours and the tests that bear its ids belong together. */
class SessionChecklistTest {
  private static final Map<String, Integer> LINES =
      Map.of("CM", 22, "LT", 1, "MD", 1, "TY", 4, "OF", 1, "RS", 27, "SM", 5, "MM", 33);
  private static final Path FILE = Path.of("../docs/protocols/session-checklist.md");
  private static final Path TESTS = Path.of("src/test/java/io/matrixrtc/session");
  private static final Pattern ROW =
      Pattern.compile("^\\| ([A-Z]{2}-\\d+) \\| [^|]+ \\| (.+) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+#\\w+)`");
  private static final Pattern METHOD =
      Pattern.compile("^  (?:void|List<DynamicTest>) (\\w+)\\(", Pattern.MULTILINE);
  private static final String KINDS = "(?:cm|lt|md|ty|of|rs|sm|mm)";
  private static final Pattern IDS =
      Pattern.compile("^(?:(?:And|To)?" + KINDS + "\\d+)+", Pattern.CASE_INSENSITIVE);
  private static final Pattern ID =
      Pattern.compile("(To)?(?:And)?(" + KINDS + ")(\\d+)", Pattern.CASE_INSENSITIVE);

  private static Map<String, List<String>> rows() throws IOException {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FILE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        List<String> tests =
            TEST.matcher(row.group(2)).results().map(test -> test.group(1)).toList();
        assertThat(rows.put(row.group(1), tests)).as("%s twice", row.group(1)).isNull();
      }
    }
    return rows;
  }

  /** Of each id the tests that bear it; of a range ("rs1ToRs11") each id in it. */
  private static Map<String, Set<String>> bearers() throws IOException {
    Map<String, Set<String>> bearers = new TreeMap<>();
    try (Stream<Path> files = Files.list(TESTS)) {
      for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        for (MatchResult method : METHOD.matcher(Files.readString(file)).results().toList()) {
          for (String id : idsOf(method.group(1))) {
            bearers.computeIfAbsent(id, i -> new TreeSet<>()).add(name + "#" + method.group(1));
          }
        }
      }
    }
    return bearers;
  }

  private static List<String> idsOf(String method) {
    List<String> ids = new ArrayList<>();
    Matcher prefix = IDS.matcher(method);
    int last = 0;
    if (prefix.find()) {
      for (MatchResult id : ID.matcher(prefix.group()).results().toList()) {
        int number = Integer.parseInt(id.group(3));
        String kind = id.group(2).toUpperCase(Locale.ROOT);
        int first = id.group(1) == null ? number : last + 1;
        IntStream.rangeClosed(first, number).forEach(n -> ids.add(kind + "-" + n));
        last = number;
      }
    }
    return ids;
  }

  @Test
  void everyLineIsThereOnce() throws Exception {
    Set<String> wanted = new TreeSet<>();
    LINES.forEach(
        (kind, count) -> IntStream.rangeClosed(1, count).forEach(n -> wanted.add(kind + "-" + n)));
    assertThat(rows().keySet()).containsExactlyInAnyOrderElementsOf(wanted);
  }

  @Test
  void eachLineNamesTheTestsThatBearItsIdAndNoOthers() throws Exception {
    Map<String, List<String>> rows = rows();
    List<String> another = rows.remove("OF-1");
    assertThat(another).as("a rule of the keys: EM-13").hasSize(1);
    assertThat(Class.forName("io.matrixrtc.keys.RtcManagerParityTest").getDeclaredMethods())
        .anyMatch(method -> ("RtcManagerParityTest#" + method.getName()).equals(another.get(0)));
    Map<String, Set<String>> bearers = bearers();
    assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(bearers.keySet());
    rows.forEach(
        (id, tests) ->
            assertThat(tests).as(id).containsExactlyInAnyOrderElementsOf(bearers.get(id)));
  }

  @Test
  void idsAreReadFromNames() {
    assertThat(idsOf("rs1ToRs3TheList")).containsExactly("RS-1", "RS-2", "RS-3");
    assertThat(idsOf("mm11AndMm15Joining")).containsExactly("MM-11", "MM-15");
    assertThat(idsOf("cm14Cm16Cm17A")).containsExactly("CM-14", "CM-16", "CM-17");
    assertThat(idsOf("g1Cm3NotHere")).isEmpty();
  }
}
