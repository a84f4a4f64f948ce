package io.matrixrtc.olm;

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
      Pattern.compile("^\\| ([A-Z0-9-]+) \\| .* \\| `(\\w+)#(\\w+)` \\|$");
  private static final Pattern ID =
      Pattern.compile(
          "\\b(?:B64|JSON|CJSON|SIGN|DEV|PUB|ED|X25519|ACC|WIRE|OLM|MEGOLM|SEAL|PICKLE)-[A-Z0-9-]+\\b");
  private static final List<String> PACKAGES = List.of("encoding", "json", "olm", "e2ee");

  private record Row(String id, String testClass, String method) {}

  private static List<Row> table() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/protocols/olm.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(new Row(row.group(1), row.group(2), row.group(3)));
      }
    }
    return rows;
  }

  @Test
  void everyRowNamesATestThatExists() throws Exception {
    assertThat(table()).hasSizeGreaterThan(50);
    for (Row row : table()) {
      Class<?> test = testClass(row.testClass());
      assertThat(Arrays.stream(test.getDeclaredMethods()).map(Method::getName))
          .as("%s", row)
          .contains(row.method());
    }
    assertThat(table().stream().map(Row::id)).doesNotHaveDuplicates();
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

  @Test
  void everyIdInTheCodeIsInTheTableAndTheOtherWayRound() throws Exception {
    Set<String> inCode = new TreeSet<>();
    for (String part : List.of("encoding", "json", "olm", "e2ee/SignedDeviceKeys.java")) {
      try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/matrixrtc").resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          ID.matcher(Files.readString(file)).results().forEach(it -> inCode.add(it.group()));
        }
      }
    }
    assertThat(table().stream().map(Row::id)).containsExactlyInAnyOrderElementsOf(inCode);
  }
}
