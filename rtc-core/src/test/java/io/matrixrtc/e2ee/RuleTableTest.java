package io.matrixrtc.e2ee;

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
          "\\b(?:DEV|XS|OTK|SESS|SEND|TD|ROOM|SHARE|ROTATE|WITHHELD|REQUEST|FORWARD|BACKUP|STORE"
              + "|INBOX)-[A-Z0-9]+(?:-[A-Z0-9]+)*\\b");

  private record Row(String id, String testClass, String method) {}

  private static List<Row> table(String file) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/protocols").resolve(file))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(new Row(row.group(1), row.group(2), row.group(3)));
      }
    }
    return rows;
  }

  @Test
  void everyRowNamesATestThatExists() throws Exception {
    assertThat(table("e2ee.md")).hasSizeGreaterThan(45);
    for (Row row : table("e2ee.md")) {
      Class<?> test = Class.forName("io.matrixrtc.e2ee." + row.testClass());
      assertThat(Arrays.stream(test.getDeclaredMethods()).map(Method::getName))
          .as("%s", row)
          .contains(row.method());
    }
    assertThat(table("e2ee.md").stream().map(Row::id)).doesNotHaveDuplicates();
  }

  @Test
  void everyIdInTheCodeIsInTheTableAndTheOtherWayRound() throws Exception {
    Set<String> inCode = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/matrixrtc/e2ee"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        ID.matcher(Files.readString(file)).results().forEach(id -> inCode.add(id.group()));
      }
    }
    table("olm.md").forEach(row -> inCode.remove(row.id())); // those of SignedDeviceKeys
    assertThat(table("e2ee.md").stream().map(Row::id)).containsExactlyInAnyOrderElementsOf(inCode);
  }
}
